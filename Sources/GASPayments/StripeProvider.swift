import AsyncHTTPClient
import Foundation
import GAS

/// Takes the money through Stripe: people pay on its checkout page, and see to cards and invoices on its portal, so that
/// no card number ever comes here.
///
/// The account's identifier is noted at Stripe, in the session and in the subscription; what Stripe calls customer and
/// subscription is noted here once the subscription is paid. Of two subscriptions for one account, the one noted last
/// counts.
public struct StripeProvider: PaymentProvider {
    let settings: StripeSettings
    let payments: any PaymentStore
    let stripe: StripeClient
    let clock: any WallClock

    /// - Parameters:
    ///   - payments: where customers are noted.
    ///   - client: should be configured as `HTTPClient.Configuration.stripe`.
    public init(settings: StripeSettings, payments: any PaymentStore, client: HTTPClient, clock: any WallClock) {
        self.settings = settings
        self.payments = payments
        self.clock = clock
        stripe = StripeClient(settings: settings, http: client, clock: clock)
    }

    /// As the settings say.
    public var price: String? { settings.priceText }

    /// As the settings say.
    public var origins: [String] { settings.origins }

    /// `Stripe-Signature`.
    public var signatureHeader: String? { "Stripe-Signature" }

    /// Opens a checkout page. Somebody whose subscription is alive pays no second one.
    public func subscribe(_ account: Account) async throws -> PaymentStep {
        guard let known = try await payments.customer(of: account.id) else { return try await checkout(account) }
        if let subscription = try await subscription(known.subscription), subscription.isLive { return .settled }
        return try await checkout(account, customer: known.customer)
    }

    private func checkout(_ account: Account, customer: String? = nil) async throws -> PaymentStep {
        var form: StripeForm = [
            "mode": "subscription",
            "line_items[0][price]": settings.priceID,
            "line_items[0][quantity]": "1",
            "client_reference_id": account.id.rawValue,
            "subscription_data[metadata][\(StripeSubscription.accountKey)]": account.id.rawValue,
            "success_url": settings.publicURL + "/subscribe/done?session_id={CHECKOUT_SESSION_ID}",
            "cancel_url": settings.publicURL + "/subscribe",
        ]
        if let customer {
            form.add("customer", customer)
        } else if !account.email.isEmpty {
            form.add("customer_email", account.email)
        }
        do {
            let session: CheckoutSession = try await stripe.make("/v1/checkout/sessions", form)
            guard let url = session.url else {
                throw GASError(.internal, "The payment provider's answer was not understood.")
            }
            return .redirect(url)
        } catch let error as GASError where error.code == .notFound {
            guard customer != nil else {
                throw GASError(.internal, "The payment provider does not know the price of Premium.", cause: error)
            }
            // The customer was deleted at Stripe, and is made anew.
            return try await checkout(account)
        }
    }

    /// Makes sure that Stripe can be reached, takes the key and knows the price of Premium as one that recurs: such prices,
    /// and no others, are plans to Stripe's older interface.
    public func check() async throws {
        let price: StripeReference? = try await stripe.find("/v1/plans/\(settings.priceID)")
        guard price != nil else {
            throw GASError(.invalid, "Stripe knows no recurring price '\(settings.priceID)'.")
        }
    }

    /// Whether a visit to the checkout page was this account's, was paid, and its subscription is alive now: one that has
    /// ended must not come back with an address that the browser remembers.
    /// - Throws: `invalid` when `reference` cannot be the name of such a visit.
    public func isPaid(_ reference: String, by account: Account) async throws -> Bool {
        guard StripeID.isValid(reference) else { throw GASError(.invalid, "This does not name a payment.") }
        let session: CheckoutSession? = try await stripe.find("/v1/checkout/sessions/\(reference)")
        guard let session, session.clientReferenceID == account.id.rawValue, session.isSettled,
            let subscription = try await subscription(session.subscription ?? ""),
            subscription.isLive, subscription.account == account.id.rawValue
        else { return false }
        try await note(subscription, of: account.id)
        return true
    }

    /// Opens a visit to Stripe's portal.
    public func portal(for account: Account) async throws -> String? {
        guard let known = try await payments.customer(of: account.id) else { return nil }
        do {
            let session: PortalSession = try await stripe.make(
                "/v1/billing_portal/sessions",
                ["customer": known.customer, "return_url": settings.publicURL + "/profile"])
            return session.url
        } catch let error as GASError where error.code == .notFound {
            return nil
        }
    }

    /// Ends the subscription at once. Stripe does not know one that has ended: then nothing is left to do.
    public func cancel(_ account: AccountID) async throws {
        guard let known = try await payments.customer(of: account), StripeID.isValid(known.subscription) else {
            return
        }
        try await stripe.remove("/v1/subscriptions/\(known.subscription)")
    }

    /// The subscription as it is now; `nil` when Stripe does not know it.
    func subscription(_ id: String) async throws -> StripeSubscription? {
        guard StripeID.isValid(id) else { return nil }
        return try await stripe.find("/v1/subscriptions/\(id)")
    }

    func note(_ subscription: StripeSubscription, of account: AccountID) async throws {
        try await payments.save(
            PaymentCustomer(account: account, customer: subscription.customer, subscription: subscription.id))
    }
}
