import Foundation
import GAS
import Logging

/// Takes notices about accounts, and sends the mails that they ask for. A mail that is sent again after a crash has the same id.
public struct AccountNotifier: Sendable {
    private let accounts: any AccountStore
    private let links: any ResetLinks
    private let mailer: any Mailer
    private let mails: AccountMail

    /// - Parameters:
    ///   - links: makes the links with which people choose new passwords.
    ///   - mails: how the mails read.
    public init(accounts: any AccountStore, links: any ResetLinks, mailer: any Mailer, mails: AccountMail) {
        self.accounts = accounts
        self.links = links
        self.mailer = mailer
        self.mails = mails
    }

    /// Sends one mail. Who has no account, or no password here, gets none: the page has said the same to everybody.
    func handle(_ notice: AccountNotice, logger: Logger) async throws -> Outcome {
        guard let account = try await accounts.account(notice.userID), let mail = try await mail(notice, account) else {
            logger.info("Nobody is to be told.")
            return .done
        }
        do {
            try await mailer.send(mail)
        } catch let error as GASError where error.code == .invalid {
            logger.error("The mail was refused.", metadata: ["error": "\(error)"])
            return .giveUp(reason: "\(error)")
        }
        logger.info("The owner of the account was told.", metadata: ["mail": "\(mail.id)"])
        return .done
    }

    private func mail(_ notice: AccountNotice, _ account: Account) async throws -> Mail? {
        switch notice.kind {
        case .passwordForgotten: try await links.make(for: account).map { mails.reset(notice, of: account, by: $0) }
        case .passwordChanged: mails.changed(notice, of: account)
        }
    }
}
