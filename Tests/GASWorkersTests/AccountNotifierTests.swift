import Foundation
import GAS
import GASTesting
import GASWorkers
import Testing

@Suite struct AccountNotifierTests {
    /// Links that say whose they are; none for who is called Eve.
    private struct Links: ResetLinks {
        func make(for account: Account) async throws -> ResetLink? {
            account.name == "Eve"
                ? nil : ResetLink(address: "https://gas.example.org/password/new?token=T&x", lifetime: 3600)
        }
    }

    private func notifier(in house: WorkerHouse, sendingBy other: RecordingMailer? = nil) -> Notifier {
        let mailer = other ?? house.mailer
        return Notifier(
            jobs: house.jobs, accounts: house.accounts, mailer: mailer,
            mails: JobMail(publicURL: "https://gas.example.org", plans: house.plans),
            accountNotices: AccountNotifier(
                accounts: house.accounts, links: Links(), mailer: mailer,
                mails: AccountMail(publicURL: "https://gas.example.org")),
            leaseSeconds: 30, clock: house.clock)
    }

    private func added(_ name: String, in house: WorkerHouse) async throws -> Account {
        let account = Account.sample(name: name, at: house.clock.now)
        #expect(try await house.accounts.add(account, passwordHash: "hash"))
        return account
    }

    @Test func whoHasForgottenThePasswordGetsALink() async throws {
        let house = try await WorkerHouse()
        let account = try await added("Ada <b>", in: house)
        let notice = AccountNotice(.passwordForgotten, to: account.id)
        #expect(try await notifier(in: house).handle(house.delivery(notice), logger: house.logger) == .done)
        let mail = try #require(house.mailer.mails.first)
        #expect(mail.recipientAddress == account.email && mail.account == account.id)
        #expect(mail.subject == "Choose a new password" && mail.id == "password-forgotten-\(notice.id)")
        #expect(mail.text.contains("https://gas.example.org/password/new?token=T&x"))
        #expect(mail.text.contains("within 1 hour."))
        #expect(mail.html.contains("token=T&amp;x") && mail.html.contains("Ada &lt;b&gt;"))
    }

    @Test func whoseThePasswordIsHearsOfTheChange() async throws {
        let house = try await WorkerHouse()
        let account = try await added("Ada", in: house)
        let notice = AccountNotice(.passwordChanged, to: account.id)
        #expect(try await notifier(in: house).handle(house.delivery(notice), logger: house.logger) == .done)
        #expect(house.mailer.mails.map(\.subject) == ["Your password was changed"])
    }

    @Test func nobodyGetsNothing() async throws {
        let house = try await WorkerHouse()
        let eve = try await added("Eve", in: house)
        for account in [AccountID(), eve.id] {
            let notice = AccountNotice(.passwordForgotten, to: account)
            #expect(try await notifier(in: house).handle(house.delivery(notice), logger: house.logger) == .done)
        }
        #expect(house.mailer.mails.isEmpty)
    }

    @Test func aMailThatCannotBeSentNowIsTriedAgain() async throws {
        let house = try await WorkerHouse()
        let account = try await added("Ada", in: house)
        let delivery = try house.delivery(AccountNotice(.passwordChanged, to: account.id))
        let faults = FaultInjector()
        let mailer = RecordingMailer(faults: faults)
        faults.arm("Mailer.send")
        let notifier = notifier(in: house, sendingBy: mailer)
        await #expect(throws: GASError.self) { _ = try await notifier.handle(delivery, logger: house.logger) }
        #expect(try await notifier.handle(delivery, logger: house.logger) == .done)
        #expect(mailer.mails.count == 1)
    }
}
