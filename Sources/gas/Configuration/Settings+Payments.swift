import GAS

/// Who takes the money for Premium.
enum PaymentProviderName: String, CaseIterable {
    case none, stripe
}

/// The settings of payments.
extension Settings {
    static let paymentsProvider = Setting.choice(
        "payments.provider", PaymentProviderName.none,
        "Who takes the money for Premium. With none, Premium is one click and costs nothing.")
    static let paymentsKeepEventsSeconds = Setting.seconds(
        "payments.keep-events-seconds", 2_592_000, in: 86_400...315_360_000,
        "So long it is remembered which notifications of the payment provider were dealt with.")
    static let stripeAPIURL = Setting.text(
        "payments.stripe.api-url", "https://api.stripe.com", "Where Stripe's API is reached.")
    static let stripeSecretKey = Setting.secret("payments.stripe.secret-key", "Secret key of the Stripe account.")
    static let stripeWebhookSecret = Setting.secret(
        "payments.stripe.webhook-secret",
        "Signing secret of the webhook that Stripe sends to /payments/events.")
    static let stripePrice = Setting.text(
        "payments.stripe.price", "", "Stripe's identifier of the recurring price of Premium.")
    static let stripePriceText = Setting.text(
        "payments.stripe.price-text", "as shown at checkout", "What Premium costs, as the page that offers it says.")
    static let stripeOrigins = Setting.text(
        "payments.stripe.origins", "https://checkout.stripe.com,https://billing.stripe.com",
        "Origins of Stripe's own pages, separated by commas.")
    static let stripeTimeoutSeconds = Setting.seconds(
        "payments.stripe.timeout-seconds", 20, in: 1...300, "Longest time for one request to Stripe.")
    static let stripeToleranceSeconds = Setting.seconds(
        "payments.stripe.tolerance-seconds", 300, in: 1...86_400,
        "A notification that was signed longer ago than this is refused.")

    static let stripeRetries = Setting.number(
        "payments.stripe.retries", 2, in: 0...10,
        "How often a request to Stripe that failed for the moment is repeated.")
    static let stripeBackoffSeconds = Setting.seconds(
        "payments.stripe.backoff-seconds", 0.5, in: 0.01...60, "The pause before that; it doubles each time.")

    static let forPayments: [any AnySetting] = [
        paymentsProvider, paymentsKeepEventsSeconds, stripeAPIURL, stripeSecretKey, stripeWebhookSecret, stripePrice,
        stripePriceText, stripeOrigins, stripeTimeoutSeconds, stripeToleranceSeconds,
        stripeRetries, stripeBackoffSeconds,
    ]
}
