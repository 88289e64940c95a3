import Foundation

/// Who takes the money for Premium, and says who has paid.
public protocol PaymentProvider: Sendable {
    /// What it costs, in words for the page that offers Premium; `nil` when nothing is charged.
    var price: String? { get }

    /// Origins (scheme, host and port) of the provider's own pages, to which browsers are sent.
    var origins: [String] { get }

    /// The header of a notification that carries its proof; `nil` when nobody notifies.
    var signatureHeader: String? { get }

    /// Begins a subscription.
    func subscribe(_ account: Account) async throws -> PaymentStep

    /// Whether what the provider's page calls `reference` was paid by this account: asked when the browser comes back.
    func isPaid(_ reference: String, by account: Account) async throws -> Bool

    /// The provider's own page about cards, invoices and the end of the subscription; `nil` when it has none for this
    /// account.
    func portal(for account: Account) async throws -> String?

    /// Ends the subscription at once; ending what has ended is no error.
    func cancel(_ account: AccountID) async throws

    /// Takes a notification of the provider.
    /// - Throws: `forbidden` when it was not signed by the provider, or too long ago; `invalid` when it makes no sense.
    func read(_ notification: PaymentNotification) throws -> PaymentEvent

    /// Whether the account that an event is about has paid, now: events come late, twice and out of order, so the event
    /// itself is not asked.
    /// - Returns: `nil` when the event is about nothing that concerns a plan.
    func standing(after event: PaymentEvent) async throws -> PaymentStanding?
}

/// What follows a click on "Upgrade".
public enum PaymentStep: Sendable, Hashable {
    /// Nothing is to be paid.
    case settled
    /// The browser goes to a page of the provider, which sends it back.
    case redirect(String)
}

/// A notification as it came.
public struct PaymentNotification: Sendable, Hashable {
    /// The body, byte for byte.
    public let body: Data
    /// The header that proves where it comes from.
    public let signature: String

    /// Takes a notification.
    public init(body: Data, signature: String) {
        self.body = body
        self.signature = signature
    }
}

/// What a notification tells, once its signature is verified.
public struct PaymentEvent: Sendable, Hashable {
    /// The same for every delivery of the event.
    public let id: String
    /// The provider's word for what has happened.
    public let kind: String
    /// The provider's name of what it has happened to.
    public let subject: String

    /// Describes an event.
    public init(id: String, kind: String, subject: String) {
        self.id = id
        self.kind = kind
        self.subject = subject
    }
}

/// Whether somebody has paid.
public struct PaymentStanding: Sendable, Hashable {
    /// Who.
    public let account: AccountID
    /// Whether.
    public let isPaid: Bool

    /// States it.
    public init(account: AccountID, isPaid: Bool) {
        self.account = account
        self.isPaid = isPaid
    }
}

/// Keeps what the service must remember about payments. Card numbers and the like stay with the provider.
public protocol PaymentStore: Sendable {
    /// Who an account is to the provider, or `nil`.
    func customer(of account: AccountID) async throws -> PaymentCustomer?

    /// Notes who an account is, replacing what was noted before.
    func save(_ customer: PaymentCustomer) async throws

    /// Forgets who an account is; forgetting it again is no error.
    func forgetCustomer(of account: AccountID) async throws

    /// Whether an event was dealt with.
    func isHandled(_ event: String) async throws -> Bool

    /// Notes that an event was dealt with; noting it again is no error.
    func markHandled(_ event: String, at time: Date) async throws

    /// Forgets events that were dealt with before `time`.
    /// - Returns: how many.
    func forgetEvents(before time: Date) async throws -> Int
}

/// Who an account is to the provider.
public struct PaymentCustomer: Sendable, Hashable {
    /// Whose.
    public let account: AccountID
    /// The provider's name of the customer.
    public let customer: String
    /// The provider's name of the subscription.
    public let subscription: String

    /// Describes a customer.
    public init(account: AccountID, customer: String, subscription: String) {
        self.account = account
        self.customer = customer
        self.subscription = subscription
    }
}

/// The provider of a service that charges nothing: one click, and the plan is changed.
public struct NoPayment: PaymentProvider {
    /// Makes it; it holds no state.
    public init() {}

    /// Nothing is charged.
    public var price: String? { nil }

    /// No pages but ours.
    public var origins: [String] { [] }

    /// Nobody notifies.
    public var signatureHeader: String? { nil }

    /// Settled at once.
    public func subscribe(_ account: Account) async throws -> PaymentStep { .settled }

    /// No reference was ever given out.
    public func isPaid(_ reference: String, by account: Account) async throws -> Bool { false }

    /// There is none.
    public func portal(for account: Account) async throws -> String? { nil }

    /// Nothing is charged, so nothing has to end.
    public func cancel(_ account: AccountID) async throws {}

    /// Nobody notifies.
    public func read(_ notification: PaymentNotification) throws -> PaymentEvent {
        throw GASError(.forbidden, "No payments are taken here.")
    }

    /// Nobody notifies.
    public func standing(after event: PaymentEvent) async throws -> PaymentStanding? { nil }
}
