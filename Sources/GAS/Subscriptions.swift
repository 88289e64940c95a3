/// Who has Premium: joins what the payment provider says to the roles of the accounts.
///
/// The provider's word as it is now decides, whoever brings it: the browser that comes back, or a notification that may
/// be late, repeated or out of order.
public struct Subscriptions: Sendable {
    private let provider: any PaymentProvider
    private let payments: any PaymentStore
    private let roleChange: RoleChange
    private let clock: any WallClock

    /// Joins them.
    public init(
        provider: any PaymentProvider, payments: any PaymentStore, roleChange: RoleChange, clock: any WallClock
    ) {
        self.provider = provider
        self.payments = payments
        self.roleChange = roleChange
        self.clock = clock
    }

    /// What Premium costs, in words; `nil` when nothing is charged.
    public var price: String? { provider.price }

    /// Origins of the provider's own pages.
    public var origins: [String] { provider.origins }

    /// The header of a notification that carries its proof; `nil` when nobody notifies.
    public var signatureHeader: String? { provider.signatureHeader }

    /// Begins a subscription; when nothing is to be paid the account has Premium when the call returns.
    /// - Parameter address: where its owner asks from.
    public func begin(_ account: Account, from address: String = "") async throws -> PaymentStep {
        guard account.role != .premium else { return .settled }
        let step = try await provider.subscribe(account)
        if step == .settled {
            try await roleChange.give(.premium, to: account.id, by: Initiator(account.id, from: address))
        }
        return step
    }

    /// The browser is back from the provider's page.
    /// - Parameter address: where its owner asks from.
    /// - Returns: whether the account has Premium now.
    public func finish(_ reference: String, by account: Account, from address: String = "") async throws -> Bool {
        guard try await provider.isPaid(reference, by: account) else { return account.role == .premium }
        try await roleChange.give(.premium, to: account.id, by: Initiator(account.id, from: address))
        // Whoever changes a role on the provider's word asks again afterwards: had this call slept in between, and the
        // subscription ended meanwhile, it would have given back what was just taken away.
        guard try await !provider.isPaid(reference, by: account) else { return true }
        try await roleChange.give(.free, to: account.id)
        return false
    }

    /// Ends the subscription, then takes Premium away. In this order nobody pays for what is gone.
    /// - Parameter address: where its owner asks from.
    public func cancel(_ account: Account, from address: String = "") async throws {
        try await provider.cancel(account.id)
        try await roleChange.give(.free, to: account.id, by: Initiator(account.id, from: address))
    }

    /// Ends whatever subscription a deleted account has, and forgets who it is to the provider.
    /// - Returns: whether there was anything to forget.
    public func forget(_ account: AccountID) async throws -> Bool {
        guard try await payments.customer(of: account) != nil else { return false }
        try await provider.cancel(account)
        try await payments.forgetCustomer(of: account)
        return true
    }

    /// The provider's own page for an account, or `nil`.
    public func portal(for account: Account) async throws -> String? { try await provider.portal(for: account) }

    /// Takes a notification.
    /// - Returns: whether it was dealt with before.
    /// - Throws: as `PaymentProvider.read`; anything else means that the provider should notify again.
    @discardableResult
    public func receive(_ notification: PaymentNotification) async throws -> Bool {
        let event = try provider.read(notification)
        guard try await !payments.isHandled(event.id) else { return true }
        var followed: PaymentStanding?
        // Until what was done is what is true, as in `finish`.
        while let standing = try await provider.standing(after: event), standing != followed {
            try await roleChange.give(standing.isPaid ? .premium : .free, to: standing.account)
            followed = standing
        }
        try await payments.markHandled(event.id, at: clock.now)
        return false
    }
}
