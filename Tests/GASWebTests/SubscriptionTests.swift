import Foundation
import GAS
import GASTesting
import GASWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

/// Getting Premium, and leaving it, without a payment provider and with one.
@Suite struct SubscriptionTests {
    @Test func thePageSaysWhatPremiumIs() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            let page = try await client.get("/subscribe", as: ada).text
            for fact in ["1,000 bytes", "97.7 KB", "for 5 minutes after completion", "at any time", "id=\"subscribe\""]
            {
                #expect(page.contains(fact), "\(fact)")
            }
            let anonymous = try await client.get("/subscribe")
            #expect(anonymous.location == "/login?next=%2Fsubscribe")
        }
    }

    @Test func oneClickGivesPremiumAndBringsResultsBack() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        _ = try await site.job(of: ada, at: .archived)
        try await site.visit { client async throws in
            #expect(try await client.get("/subscribe", as: ada).text.contains("Your 1 result in the archive"))
            let click = try await client.post("/subscribe", ["csrf": ada.csrf], as: ada)
            #expect(click.location == "/subscribe/done")
            #expect(try await site.accounts.account(ada.account.id)?.role == .premium)
            let delivery = try #require(try await site.restoreRequests.receive(limit: 1, visibility: 1, wait: 0).first)
            #expect(try RestoreRequested(body: delivery.body) == RestoreRequested(allOf: ada.account.id))
            let page = try await client.get("/subscribe/done", as: ada).text
            #expect(page.contains("You have the Premium plan now") && page.contains("Your 1 result in the archive"))
            #expect(try await client.get("/subscribe", as: ada).text.contains("You have the Premium plan."))
        }
    }

    @Test func cancellingIsAFormOnTheProfile() async throws {
        let site = try await TestSite()
        let ada = try await site.person(role: .premium)
        try await site.visit { client async throws in
            let profile = try await client.get("/profile", as: ada).text
            #expect(profile.contains("cancel my Premium plan") && !profile.contains("id=\"billing\""))
            let forged = try await client.post("/unsubscribe", ["csrf": "guessed"], as: ada)
            #expect(forged.status == .forbidden)
            #expect(try await site.accounts.account(ada.account.id)?.role == .premium)
            site.clock.advance(seconds: 60)
            let click = try await client.post("/unsubscribe", ["csrf": ada.csrf], as: ada)
            #expect(click.location == "/profile?cancelled=1")
            #expect(try await site.accounts.account(ada.account.id)?.role == .free)
            let delivery = try #require(try await site.archiveRequests.receive(limit: 1, visibility: 1, wait: 0).first)
            #expect(try ArchiveRequested(body: delivery.body) == ArchiveRequested(allOf: ada.account.id))
            let after = try await client.get("/profile?cancelled=1", headers: click.next(ada.headers)).text
            #expect(after.contains("You have the Free plan now.") && after.contains("id=\"upgrade\""))
        }
    }

    @Test func whoNeverHadPremiumIsToldOfNoEnd() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            #expect(try await client.post("/unsubscribe", ["csrf": ada.csrf], as: ada).location == "/profile")
            let page = try await client.get("/profile?cancelled=1", as: ada).text
            #expect(!page.contains("You have the Free plan now."))
        }
    }

    @Test func clickingTwiceAsksOnce() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            for _ in 0..<3 { _ = try await client.post("/subscribe", ["csrf": ada.csrf], as: ada) }
        }
        #expect(try await site.restoreRequests.depth().visible == 1)
    }

    @Test func fiftyClicksAtOnceChangeTheRoleOnce() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask { _ = try await client.post("/subscribe", ["csrf": ada.csrf], as: ada) }
                }
                try await group.waitForAll()
            }
        }
        #expect(try await site.restoreRequests.depth().visible == 1)
        // All that was tried is noted, and that it was made once, by whom.
        let noted = site.audit.events.filter { [.roleChangeBegun, .roleChanged].contains($0.kind) }
        #expect(noted.count { $0.kind == .roleChanged } == 1)
        #expect(noted.allSatisfy { $0.account == ada.account.id && $0.about == nil })
    }

    @Test func whoPaysIsSentToTheProviderAndConfirmedByAForm() async throws {
        let till = Till()
        let site = try await TestSite(payments: till)
        let ada = try await site.person()
        try await site.visit { client async throws in
            let page = try await client.get("/subscribe", as: ada)
            #expect(page.text.contains("10 francs a month"))
            #expect(page.headers[.contentSecurityPolicy]?.contains("form-action 'self' https://till.example;") == true)
            let click = try await client.post("/subscribe", ["csrf": ada.csrf], as: ada)
            #expect(click.location == "https://till.example/pay/\(ada.account.id)")
            #expect(try await site.accounts.account(ada.account.id)?.role == .free)

            // Looking at the page changes nothing, not even when it was paid.
            await till.pay(ada.account.id)
            let back = try await client.get("/subscribe/done?session_id=s1", as: ada).text
            #expect(back.contains("Your payment is being confirmed") && back.contains("data-submit-at-once"))
            #expect(try await site.accounts.account(ada.account.id)?.role == .free)
            let confirmed = try await client.post(
                "/subscribe/done", ["csrf": ada.csrf, "session_id": "s1"], as: ada)
            #expect(confirmed.location == "/subscribe/done")
            #expect(try await site.accounts.account(ada.account.id)?.role == .premium)
        }
    }

    @Test func whoHasNotPaidStaysFree() async throws {
        let site = try await TestSite(payments: Till())
        let ada = try await site.person()
        try await site.visit { client async throws in
            let answer = try await client.post(
                "/subscribe/done", ["csrf": ada.csrf, "session_id": "\"><script>"], as: ada)
            let location = try #require(answer.location)
            let page = try await client.get(location, as: ada).text
            #expect(page.contains("has not confirmed your payment yet") && !page.contains("data-submit-at-once"))
            #expect(!page.contains("<script>\""))
            #expect(try await site.accounts.account(ada.account.id)?.role == .free)
        }
    }

    @Test func notificationsChangeRolesByWhatIsTrueNow() async throws {
        let till = Till()
        let site = try await TestSite(payments: till)
        let ada = try await site.person()
        try await site.visit { client async throws in
            func notify(_ id: String, signature: String = "signed") async throws -> TestResponse {
                try await client.executeRequest(
                    uri: "/payments/events", method: .post, headers: [.init("Till-Signature")!: signature],
                    body: .init(string: "\(id) \(ada.account.id)"))
            }
            #expect(try await notify("e0", signature: "forged").status == .forbidden)
            await till.pay(ada.account.id)
            #expect(try await notify("e1").status == .ok)
            #expect(try await site.accounts.account(ada.account.id)?.role == .premium)
            await till.end(ada.account.id)
            // A repeated notification is old news; a new one counts.
            #expect(try await notify("e1").status == .ok)
            #expect(try await site.accounts.account(ada.account.id)?.role == .premium)
            #expect(try await notify("e2").status == .ok)
            #expect(try await site.accounts.account(ada.account.id)?.role == .free)
        }
    }

    @Test func aNotificationThatCouldNotBeTakenIsSentAgain() async throws {
        let till = Till()
        let site = try await TestSite(payments: till)
        let ada = try await site.person()
        await till.pay(ada.account.id)
        site.faults.arm("AccountStore.changeRole")
        try await site.visit { client async throws in
            let statuses = [HTTPResponse.Status.serviceUnavailable, .ok]
            for status in statuses {
                let answer = try await client.executeRequest(
                    uri: "/payments/events", method: .post, headers: [.init("Till-Signature")!: "signed"],
                    body: .init(string: "e1 \(ada.account.id)"))
                #expect(answer.status == status)
            }
            #expect(try await site.accounts.account(ada.account.id)?.role == .premium)
        }
    }

    @Test func withoutAProviderNobodyNotifies() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let answer = try await client.executeRequest(
                uri: "/payments/events", method: .post, headers: [:], body: nil)
            #expect(answer.status == .notFound)
        }
    }
}

/// A payment provider with a till of its own.
actor Till: PaymentProvider {
    private var paid: Set<AccountID> = []

    nonisolated let price: String? = "10 francs a month"
    nonisolated let origins = ["https://till.example"]
    nonisolated let signatureHeader: String? = "Till-Signature"

    func pay(_ account: AccountID) { paid.insert(account) }
    func end(_ account: AccountID) { paid.remove(account) }

    func subscribe(_ account: Account) async throws -> PaymentStep {
        .redirect("https://till.example/pay/\(account.id)")
    }

    func isPaid(_ reference: String, by account: Account) async throws -> Bool { paid.contains(account.id) }

    func portal(for account: Account) async throws -> String? { "https://till.example/portal" }

    func cancel(_ account: AccountID) async throws { end(account) }

    nonisolated func read(_ notification: PaymentNotification) throws -> PaymentEvent {
        guard notification.signature == "signed" else { throw GASError(.forbidden, "It was not signed by the till.") }
        let words = String(decoding: notification.body, as: UTF8.self).split(separator: " ").map(String.init)
        return PaymentEvent(id: words[0], kind: "changed", subject: words[1])
    }

    func standing(after event: PaymentEvent) async throws -> PaymentStanding? {
        let account = AccountID(rawValue: event.subject)
        return PaymentStanding(account: account, isPaid: paid.contains(account))
    }
}
