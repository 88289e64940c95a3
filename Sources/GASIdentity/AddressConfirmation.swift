import Foundation
import GAS

/// Makes sure that who names an e-mail address can read what is sent there: by a link that works once, for a while, and for
/// the account that asked alone.
public struct AddressConfirmation: Sendable {
    private let accounts: any AccountStore
    private let tickets: any TicketStore
    private let mailer: any Mailer
    private let clock: any WallClock
    private let lifetime: Double
    private let publicURL: String

    /// - Parameters:
    ///   - lifetime: so long a link works, in seconds.
    ///   - publicURL: the address of the web server.
    public init(
        accounts: any AccountStore, tickets: any TicketStore, mailer: any Mailer, clock: any WallClock,
        lifetime: Double,
        publicURL: String
    ) {
        self.accounts = accounts
        self.tickets = tickets
        self.mailer = mailer
        self.clock = clock
        self.lifetime = lifetime
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    }

    /// Sends the link.
    /// - Parameter address: in lower case, as `ProfileForm` has checked it.
    /// - Throws: as `Mailer.send` does.
    public func ask(_ account: Account, toConfirm address: String) async throws {
        let token = RandomToken.make()
        let ticket = Ticket(
            tokenHash: RandomToken.hash(token), purpose: .address, account: account.id, content: address,
            expires: clock.now.addingTimeInterval(lifetime))
        guard try await tickets.add(ticket) else { throw GASError(.internal, "A random token was there already.") }
        let link = "\(publicURL)/profile/confirm?token=\(token)"
        try await mailer.send(ConfirmationMail(account: account, address: address, link: link, lifetime: lifetime).mail)
    }

    /// The address that a link is about; `nil` when it was used, has expired, or is another account's.
    public func address(token: String, of account: Account) async throws -> String? {
        let ticket = try await tickets.ticket(tokenHash: RandomToken.hash(token), at: clock.now)
        return isFor(account, ticket) ? ticket?.content : nil
    }

    /// Makes the address that of the account.
    /// - Returns: `false`, and nothing is changed, when the link cannot be used.
    public func confirm(token: String, of account: Account) async throws -> Bool {
        guard try await address(token: token, of: account) != nil,
            let ticket = try await tickets.take(tokenHash: RandomToken.hash(token), at: clock.now)
        else { return false }
        var changed = account
        changed.email = ticket.content
        changed.isEmailConfirmed = true
        return try await accounts.updateProfile(changed)
    }

    /// Tells the address that an account had until now that it is not the account's any more: somebody who takes an
    /// account over would read its mails elsewhere.
    /// - Parameter account: as it was.
    /// - Throws: as `Mailer.send` does.
    public func tellFormer(_ account: Account) async throws {
        try await mailer.send(
            Mail(
                id: "address-changed-\(UUID().uuidString.lowercased())", to: account,
                subject: "Your e-mail address was changed",
                Letter(
                    to: account.name,
                    lead: "Your account of the Genomics Annotation Service has another e-mail address now.",
                    facts: [
                        "No further mail comes here. If it was you, there is nothing to do.",
                        "If it was not you, somebody else has your account. Tell the people who run the service.",
                    ],
                    action: "See your profile", link: publicURL + "/profile",
                    reason: "You get this mail because your account had this address.")))
    }

    private func isFor(_ account: Account, _ ticket: Ticket?) -> Bool {
        ticket?.purpose == .address && ticket?.account == account.id
    }
}

/// The mail that asks to confirm an address.
private struct ConfirmationMail {
    let account: Account
    let address: String
    let link: String
    let lifetime: Double

    var mail: Mail {
        Mail(
            id: "confirm-\(UUID().uuidString.lowercased())", to: account, at: address,
            subject: "Please confirm your e-mail address",
            Letter(
                to: account.name,
                lead: "Somebody, hopefully you, wants mails of the Genomics Annotation Service to come here.",
                action: "Confirm this address", link: link,
                notes: [
                    "The link works once, within \(LinkLifetime.words(lifetime)), in a browser in which you are signed in."
                ],
                reason: "If it was not you, do nothing: then no further mail comes."))
    }
}
