import AsyncHTTPClient
import Foundation
import GAS
import GASPayments

/// Who has Premium, and who takes the money for it.
extension Composition {
    var subscriptions: Subscriptions {
        get throws {
            Subscriptions(provider: try paymentProvider, payments: payments, roleChange: roleChange, clock: clock)
        }
    }

    private var paymentProvider: any PaymentProvider {
        get throws {
            switch configuration[Settings.paymentsProvider] {
            case .none: NoPayment()
            case .stripe: try stripe
            }
        }
    }

    private var stripe: StripeProvider {
        get throws {
            StripeProvider(settings: try stripeSettings, payments: payments, client: paymentClient, clock: clock)
        }
    }

    /// Asks Stripe for the price of Premium.
    /// - Throws: what is wrong with the way there, the key or the price.
    func checkPayments() async throws { try await stripe.check() }

    private var stripeSettings: StripeSettings {
        get throws {
            for setting in [Settings.stripeSecretKey, Settings.stripeWebhookSecret, Settings.stripePrice]
            where configuration[setting].isEmpty {
                throw GASError(.invalid, "Payment by Stripe needs the setting \(setting.key).")
            }
            return StripeSettings(
                apiURL: configuration[Settings.stripeAPIURL], secretKey: configuration[Settings.stripeSecretKey],
                webhookSecret: configuration[Settings.stripeWebhookSecret],
                priceID: configuration[Settings.stripePrice], priceText: configuration[Settings.stripePriceText],
                publicURL: publicURL,
                origins: configuration[Settings.stripeOrigins].split(separator: ",").map {
                    $0.trimmingCharacters(in: .whitespaces)
                },
                timeoutSeconds: configuration[Settings.stripeTimeoutSeconds],
                toleranceSeconds: configuration[Settings.stripeToleranceSeconds],
                retries: configuration[Settings.stripeRetries],
                backoffSeconds: configuration[Settings.stripeBackoffSeconds])
        }
    }
}
