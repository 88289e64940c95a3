/// How payments are taken through Stripe.
public struct StripeSettings: Sendable, Hashable {
    /// Where Stripe's API is, without a slash at the end.
    public var apiURL: String
    /// The account's key, `sk_...`. It goes into the header of requests and nowhere else.
    public var secretKey: String
    /// Signs notifications, `whsec_...`. While it is empty, every notification is refused.
    public var webhookSecret: String
    /// The recurring price of Premium, `price_...`.
    public var priceID: String
    /// The price in words.
    public var priceText: String
    /// Where this service is, without a slash at the end: Stripe's pages send the browser back there.
    public var publicURL: String
    /// Origins of Stripe's own pages.
    public var origins: [String]
    /// The longest that asking Stripe something may take, retries included, in seconds.
    public var timeoutSeconds: Double
    /// How far the time of a notification's signature may be from ours, in seconds.
    public var toleranceSeconds: Double
    /// How often a request that failed for the moment is repeated.
    public var retries: Int
    /// The pause before the first retry, in seconds; it doubles with each.
    public var backoffSeconds: Double

    /// States how payments are taken.
    public init(
        apiURL: String = "https://api.stripe.com", secretKey: String, webhookSecret: String, priceID: String,
        priceText: String, publicURL: String,
        origins: [String] = ["https://checkout.stripe.com", "https://billing.stripe.com"],
        timeoutSeconds: Double = 20, toleranceSeconds: Double = 300, retries: Int = 2, backoffSeconds: Double = 0.5
    ) {
        self.apiURL = apiURL
        self.secretKey = secretKey
        self.webhookSecret = webhookSecret
        self.priceID = priceID
        self.priceText = priceText
        self.publicURL = publicURL
        self.origins = origins
        self.timeoutSeconds = timeoutSeconds
        self.toleranceSeconds = toleranceSeconds
        self.retries = retries
        self.backoffSeconds = backoffSeconds
    }
}

extension StripeSettings: CustomStringConvertible, CustomReflectable {
    /// Names the price alone, so that no secret gets into a log by accident.
    public var description: String { "Stripe at \(apiURL), price \(priceID)" }

    /// Shows what `description` does.
    public var customMirror: Mirror { Mirror(self, children: ["apiURL": apiURL, "priceID": priceID]) }
}
