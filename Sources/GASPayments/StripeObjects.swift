/// What Stripe says of a visit to its checkout page.
struct CheckoutSession: Decodable, Sendable {
    let id: String
    /// Where the browser pays; `nil` when the session is over.
    let url: String?
    /// `open`, `complete` or `expired`.
    let status: String?
    /// `paid`, `unpaid` or `no_payment_required`.
    let paymentStatus: String?
    /// The account that went to pay.
    let clientReferenceID: String?
    /// What came of it; `nil` before it is complete.
    let subscription: String?

    enum CodingKeys: String, CodingKey {
        case id, url, status, subscription
        case paymentStatus = "payment_status"
        case clientReferenceID = "client_reference_id"
    }

    /// Whether everything that was to be paid at once is paid.
    var isSettled: Bool {
        status == "complete" && (paymentStatus == "paid" || paymentStatus == "no_payment_required")
    }
}

/// What Stripe says of a subscription.
struct StripeSubscription: Decodable, Sendable {
    let id: String
    /// Who pays.
    let customer: String
    /// `active`, `trialing`, `past_due`, `unpaid`, `paused`, `canceled`, `incomplete` or `incomplete_expired`.
    let status: String
    /// What we had noted there.
    let metadata: [String: String]?

    /// The account that it is for; `nil` when it was not made by this service.
    var account: String? { metadata?[Self.accountKey] }

    /// Whether it entitles to Premium now.
    ///
    /// `past_due` does: a renewal failed, and Stripe tries the card again for some days. Nobody should find their results
    /// archived for a card that was blocked over a weekend. When Stripe gives up the subscription becomes `canceled` or
    /// `unpaid`, and we hear of it.
    var isLive: Bool { ["active", "trialing", "past_due"].contains(status) }

    /// Under which name the account is noted.
    static let accountKey = "account_id"
}

/// What Stripe says of a visit to its page about cards and invoices.
struct PortalSession: Decodable, Sendable {
    let url: String
}

/// The part of an event that all have.
struct StripeEvent: Decodable, Sendable {
    let id: String
    let type: String
}

/// The part of an event that depends on its type: what it has happened to.
struct StripeEventData<Object: Decodable & Sendable>: Decodable, Sendable {
    struct Content: Decodable, Sendable {
        let object: Object
    }

    let data: Content
}

/// An object that is known by its identifier alone.
struct StripeReference: Decodable, Sendable {
    let id: String
}

/// Why Stripe refused a request.
struct StripeErrorBody: Decodable, Sendable {
    struct Content: Decodable, Sendable {
        let type: String?
        let code: String?
        let param: String?
    }

    let error: Content
}

/// Names of Stripe's objects.
enum StripeID {
    /// Whether a text can be such a name, and so stand in the path of a request.
    static func isValid(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
