/// Who set something going that is noted in the audit log, and from where.
public struct Initiator: Sendable, Hashable {
    /// The account of who asked; `nil` for the service itself.
    public let account: AccountID?
    /// The network address that the request came from; empty for the service itself.
    public let address: String

    /// Somebody who is signed in.
    public init(_ account: AccountID, from address: String) {
        self.account = account
        self.address = address
    }

    private init() {
        account = nil
        address = ""
    }

    /// The service itself, such as on the word of a payment provider.
    public static let service = Initiator()
}
