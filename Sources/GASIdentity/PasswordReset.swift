import Foundation
import GAS

/// Lets who has forgotten their password choose a new one, by a link that is sent to their address: it works once, for a
/// while, and as long as the account has this address.
public struct PasswordReset: Sendable, ResetLinks {
    private let accounts: any AccountStore
    private let tickets: any TicketStore
    private let locals: LocalAccounts
    private let clock: any WallClock
    private let lifetime: Double
    private let publicURL: String

    /// - Parameters:
    ///   - lifetime: so long a link works, in seconds.
    ///   - publicURL: the address of the web server.
    public init(
        accounts: any AccountStore, tickets: any TicketStore, locals: LocalAccounts, clock: any WallClock,
        lifetime: Double, publicURL: String
    ) {
        self.accounts = accounts
        self.tickets = tickets
        self.locals = locals
        self.clock = clock
        self.lifetime = lifetime
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    }

    /// Stores the hash of a new token.
    public func make(for account: Account) async throws -> ResetLink? {
        guard try await locals.isLocal(account) else { return nil }
        let token = RandomToken.make()
        let ticket = Ticket(
            tokenHash: RandomToken.hash(token), purpose: .password, account: account.id, content: account.email,
            expires: clock.now.addingTimeInterval(lifetime))
        guard try await tickets.add(ticket) else { throw GASError(.internal, "A random token was there already.") }
        return ResetLink(address: "\(publicURL)/password/new?token=\(token)", lifetime: lifetime)
    }

    /// Whose password a link replaces; `nil` when it was used, has expired, or was sent to an address that is not the
    /// account's any more.
    public func account(token: String) async throws -> Account? {
        guard let ticket = try await tickets.ticket(tokenHash: RandomToken.hash(token), at: clock.now),
            ticket.purpose == .password, let id = ticket.account, let account = try await accounts.account(id),
            account.email == ticket.content
        else { return nil }
        return account
    }

    /// What became of a new password.
    public enum Outcome: Sendable {
        /// It is the account's now, and no link of the account works any more.
        case changed
        /// The link works still; a sentence says what is wrong with the password.
        case refused(String)
        /// The link works no more.
        case worthless
    }

    /// Replaces the password. The address to which the link was sent counts as confirmed from now on.
    /// - Parameter prepare: called when nothing speaks against the change, before it is made; what it throws prevents it.
    public func change(
        token: String, to password: String, prepare: () async throws -> Void = {}
    ) async throws -> Outcome {
        guard let account = try await account(token: token) else { return .worthless }
        if let problem = locals.rules.problem(with: password, of: ProfileForm(account)) { return .refused(problem) }
        try await prepare()
        guard try await tickets.take(tokenHash: RandomToken.hash(token), at: clock.now) != nil,
            try await locals.replacePassword(of: account, with: password)
        else { return .worthless }
        _ = try await tickets.deleteTickets(of: account.id)
        if var now = try await accounts.account(account.id), now.email == account.email {
            now.isEmailConfirmed = true
            _ = try await accounts.updateProfile(now)
        }
        return .changed
    }
}
