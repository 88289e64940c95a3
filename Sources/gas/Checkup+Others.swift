import Foundation
import GAS
import GASAWS
import GASIdentity
import GASMail
import GASPayments
import GASWorkers
import SwiftASN1
import X509

extension Checkup {
    /// A certificate that ends within so long is remarked, in seconds: 30 days.
    private static let renewalSeconds = 30.0 * 86_400

    /// What needs the service as a whole to be looked at: mail, sign-in, payments, certificate, assemblies.
    /// - Parameter isIncomplete: whether something that it is put together of is wrong already.
    func others(unless isIncomplete: Bool) async -> [Finding] {
        let composition: Composition
        do {
            composition = try await Composition(configuration, bootstrapsLogging: false)
        } catch {
            // What was found before says why, if anything was.
            guard !isIncomplete else { return [] }
            return [await Finding.of("the service", remedy: "See 'gas config'.") { throw error }]
        }
        var findings = [await auditLog(composition), await administrators(composition), await mail(composition)]
        findings += await marks(composition)
        findings += await signIn(composition)
        if configuration[Settings.paymentsProvider] == .stripe {
            findings.append(
                await Finding.of("Stripe", remedy: "Look at the settings that begin with payments.stripe.") {
                    try await composition.checkPayments()
                    return []
                })
        }
        findings.append(await certificate())
        findings.append(farm())
        findings.append(await assemblies(composition))
        do { try await composition.close() } catch {
            findings.append(await Finding.of("the connections", remedy: "") { throw error })
        }
        return findings
    }

    private func auditLog(_ composition: Composition) async -> Finding {
        await Finding.of(
            "the audit log",
            remedy: "Find out who removed it; note what 'gas audit verify' says; then 'gas audit protect'."
        ) {
            try await composition.audit.missingGuards().map { "lacks its guard \($0), so that entries can be changed" }
        }
    }

    /// Who is named without an account can neither sign in nor open one.
    private func administrators(_ composition: Composition) async -> Finding {
        await Finding.of(
            "the setting \(Settings.admins.key)",
            remedy:
                "Nobody can open an account with an address that is named there: take it out, let its owner open the account "
                + "and confirm the address, and name it again."
        ) {
            try await composition.administrators.withoutAccount().map { "names \($0), which has no account here" }
        }
    }

    private func mail(_ composition: Composition) async -> Finding {
        let name: String
        switch configuration[Settings.mailTransport] {
        case .outbox: name = "the outbox of mails"
        case .smtp: name = "the mail server \(configuration[Settings.smtpHost])"
        case .ses: name = "the sender \(configuration[Settings.mailSenderAddress]) at SES"
        }
        return await Finding.of(name, remedy: "Look at the settings that begin with mail.") {
            switch try composition.mailer() {
            case let mailer as SMTPMailer: try await mailer.check()
            case let mailer as SESMailer: return try await mailer.flaws()
            default: break
            }
            return []
        }
    }

    private func marks(_ composition: Composition) async -> [Finding] {
        let mark = BucketMark(
            objects: composition.objects, jobs: composition.jobs, keyPrefix: configuration[Settings.objectsPrefix])
        var findings: [Finding] = []
        for bucket in AWSLayout(configuration: configuration).sweptBuckets {
            findings.append(
                await Finding.of(
                    "the mark of the bucket \(bucket)",
                    remedy: "Give each deployment buckets of its own, or an \(Settings.objectsPrefix.key) of its own."
                ) { try await mark.flaw(of: bucket).map { [$0] } ?? [] })
        }
        return findings
    }

    private func signIn(_ composition: Composition) async -> [Finding] {
        var findings: [Finding] = []
        for (name, _) in configuration.providers {
            findings.append(
                await Finding.of(
                    "the identity provider \(name)",
                    remedy: "Look at the settings that begin with sign-in.provider.\(name); see docs/sign-in.md."
                ) {
                    guard let provider = try composition.identityProviders.first(where: { $0.name == name }) else {
                        return ["is not set up"]
                    }
                    _ = try await provider.begin(returningTo: composition.publicURL)
                    return []
                })
        }
        return findings
    }

    private func certificate() async -> Finding {
        let (chain, key) = (configuration[Settings.webCertificate], configuration[Settings.webPrivateKey])
        guard !configuration[Settings.webPlainHTTP], !chain.isEmpty else {
            return Finding(name: "the certificate, which the service makes or a proxy has")
        }
        var end = Date.distantFuture
        var finding = await Finding.of(
            "the certificate \(chain)",
            remedy: "Get a new one, set \(Settings.webCertificate.key) and \(Settings.webPrivateKey.key), and restart."
        ) {
            guard FileManager.default.isReadableFile(atPath: key) else { return ["has no readable key \(key)"] }
            guard let pem = FileManager.default.contents(atPath: chain) else { return ["cannot be read"] }
            let certificate = try Certificate(pemEncoded: String(decoding: pem, as: UTF8.self))
            end = certificate.notValidAfter
            if certificate.notValidAfter < clock.now {
                return ["ended on \(certificate.notValidAfter.formatted(.iso8601))"]
            }
            if certificate.notValidBefore > clock.now {
                return ["begins on \(certificate.notValidBefore.formatted(.iso8601))"]
            }
            return []
        }
        if finding.problems.isEmpty, end < clock.now.addingTimeInterval(Self.renewalSeconds) {
            finding.remarks = [
                "ends on \(end.formatted(.iso8601)): renew it, and restart (docs/operations.md, Certificates)"
            ]
        }
        return finding
    }

    /// What only a farm needs: wrong where somebody has named it, and else a remark.
    private func farm() -> Finding {
        var finding = Finding(name: "the load balancer of a farm")
        let program = configuration[Settings.farmHAProxy]
        guard !FileManager.default.isExecutableFile(atPath: program) else { return finding }
        if program == Settings.farmHAProxy.defaultText {
            finding.remarks = ["is not installed, and only 'gas farm' needs it: Debian's package haproxy"]
        } else {
            finding.problems = ["is not at \(program)"]
            finding.remedy = "Install Debian's package haproxy, or set \(Settings.farmHAProxy.key)."
        }
        return finding
    }

    private func assemblies(_ composition: Composition) async -> Finding {
        let isCommand = configuration[Settings.annotatorEngine] == .command
        return await Finding.of(
            isCommand ? "the command that annotates" : "the assemblies",
            remedy: isCommand
                ? "Look at \(Settings.annotatorCommand.key)."
                : "See 'gas reference fetch --help', or set \(Settings.annotatorReferences.key)."
        ) {
            if isCommand {
                _ = try composition.engine()
                return []
            }
            let installed = try InstalledReferences(configuration, composition.folders)
            return try installed.hasAny() ? [] : ["are none, so every job would fail"]
        }
    }
}
