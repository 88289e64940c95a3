import AsyncHTTPClient
import Foundation
import GAS
import GASIdentity

/// Who lets people in.
extension Composition {
    static func identityClient(_ configuration: EffectiveConfiguration) -> HTTPClient {
        let authorities = configuration[Settings.providerAuthorities]
        return HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .identityProviders(authorities: authorities.isEmpty ? nil : authorities))
    }

    /// The providers that the settings name, in their order.
    var identityProviders: [OpenIDProvider] {
        get throws { try configuration.providers.map { try openIDProvider($0.name, $0.settings) } }
    }

    var signIns: SignIns {
        get throws {
            let providers = try identityProviders
            guard configuration[Settings.hasLocalAccounts] || !providers.isEmpty else {
                throw GASError(
                    .invalid,
                    "Nobody could sign in: \(Settings.hasLocalAccounts.key) is false, and \(Settings.signInProviders.key) "
                        + "names no provider.")
            }
            return SignIns(
                providers: providers, accounts: ProviderAccounts(accounts: accounts, clock: clock), tickets: tickets,
                seal: Seal(secret: try sealingKey), clock: clock,
                patience: configuration[Settings.signInPatienceSeconds], publicURL: publicURL)
        }
    }

    /// Accounts of this service.
    var localAccounts: LocalAccounts {
        LocalAccounts(
            accounts: accounts,
            hasher: PasswordHasher(
                cost: .init(logRounds: configuration[Settings.passwordCost]),
                width: configuration[Settings.passwordConcurrency]),
            clock: clock,
            rules: PasswordRules(
                shortest: configuration[Settings.shortestPassword], strength: configuration[Settings.passwordStrength],
                words: configuration[Settings.passwordWords]),
            reservedAddresses: administrators.reservedAddresses)
    }

    var passwordReset: PasswordReset {
        PasswordReset(
            accounts: accounts, tickets: tickets, locals: localAccounts, clock: clock,
            lifetime: configuration[Settings.resetSeconds], publicURL: publicURL)
    }

    var addressConfirmation: AddressConfirmation {
        get throws {
            AddressConfirmation(
                accounts: accounts, tickets: tickets, mailer: try mailer(), clock: clock,
                lifetime: configuration[Settings.confirmationSeconds], publicURL: publicURL)
        }
    }

    private var sealingKey: String {
        get throws {
            let configured = configuration[Settings.sealingKey]
            return configured.isEmpty ? try SecretFile(path: folders.sealingKey).readOrMakeKey() : configured
        }
    }

    private func openIDProvider(_ name: String, _ keys: ProviderSettings) throws -> OpenIDProvider {
        let preset = configuration[keys.preset]
        func text(_ setting: Setting<String>, _ standard: String?) throws -> String {
            let configured = configuration[setting]
            guard configured.isEmpty else { return configured }
            guard let standard else {
                throw GASError(.invalid, "The identity provider \(name) needs the setting \(setting.key).")
            }
            return standard
        }
        var settings = OpenIDSettings(
            name: name, title: try text(keys.title, preset.title ?? name), preset: preset,
            issuer: try text(keys.issuer, preset.issuer), clientID: try text(keys.clientID, nil),
            clientSecret: configuration[keys.clientSecret], scopes: configuration[keys.scopes],
            algorithms: Set(configuration[keys.algorithms]))
        settings.leewaySeconds = configuration[Settings.providerLeewaySeconds]
        settings.timeoutSeconds = configuration[Settings.providerTimeoutSeconds]
        settings.answerBytes = configuration[Settings.providerAnswerBytes]
        settings.metadataSeconds = configuration[Settings.providerMetadataSeconds]
        settings.keyPauseSeconds = configuration[Settings.providerKeyPauseSeconds]
        settings.retrySeconds = configuration[Settings.providerRetrySeconds]
        return OpenIDProvider(settings: settings, http: identityClient, clock: clock)
    }
}
