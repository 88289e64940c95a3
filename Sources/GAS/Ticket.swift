import Foundation

/// Something that can be used once, until it expires: the holder has a random token, the store knows only its hash.
public struct Ticket: Sendable, Hashable {
    /// What a ticket is for.
    public enum Purpose: String, Sendable, Hashable, CaseIterable {
        /// The state of a sign-in that came back; its ticket is there so that it does not come back again.
        case signIn = "sign-in"
        /// The confirmation of an e-mail address, which is the content.
        case address
        /// A new password for who has forgotten theirs; the content is the address to which the link was sent.
        case password
    }

    /// SHA-256 of the token, in lower-case hexadecimal.
    public let tokenHash: String
    /// What it is for.
    public let purpose: Purpose
    /// Who alone can use it; `nil` when nobody was known.
    public let account: AccountID?
    /// What it is about; may be empty.
    public let content: String
    /// From when on it is worthless.
    public let expires: Date

    /// Describes a ticket.
    public init(tokenHash: String, purpose: Purpose, account: AccountID?, content: String, expires: Date) {
        self.tokenHash = tokenHash
        self.purpose = purpose
        self.account = account
        self.content = content
        self.expires = expires
    }
}

/// Keeps tickets, so that any web server can take what another one gave.
public protocol TicketStore: Sendable {
    /// Adds a ticket.
    /// - Returns: `false`, and nothing is changed, when there is one of this hash, expired or not. Of several calls at the
    ///   same time one succeeds.
    func add(_ ticket: Ticket) async throws -> Bool

    /// The ticket, unless it has expired by `time`; it stays.
    func ticket(tokenHash: String, at time: Date) async throws -> Ticket?

    /// Takes the ticket away. Of several calls at the same time one gets it.
    /// - Returns: `nil` when it is not there or has expired by `time`.
    func take(tokenHash: String, at time: Date) async throws -> Ticket?

    /// Takes all tickets of an account away.
    /// - Returns: how many.
    func deleteTickets(of account: AccountID) async throws -> Int

    /// Removes what expired at `time` or before.
    /// - Returns: how many.
    func deleteExpired(at time: Date) async throws -> Int
}
