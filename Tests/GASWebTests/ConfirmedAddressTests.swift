import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import HummingbirdTesting
import Testing

/// Addresses of local accounts, where they must be confirmed.
@Suite struct ConfirmedAddressTests {
    private let ada = LocalPerson()

    private func site(_ change: (inout WebSettings) -> Void = { _ in }) async throws -> TestSite {
        try await TestSite {
            $0.confirmsAddresses = true
            change(&$0)
        }
    }

    private func link(_ site: TestSite, to address: String) throws -> String {
        let mail = try #require(site.mailer.mails.last)
        #expect(mail.recipientAddress == address)
        return String(try #require(mail.text.firstMatch(of: /https:\/\/localhost:4433(\/profile\/confirm\S+)/)).1)
    }

    private func confirm(_ path: String, _ client: any TestClientProtocol, as cookie: HTTPFields) async throws
        -> TestResponse
    {
        try await submit(
            "/profile/confirm", ["token": String(path.split(separator: "=")[1])], client, as: cookie, page: path)
    }

    @Test func whoHasNotConfirmedCanDoNothingButThat() async throws {
        let site = try await site()
        try await site.visit { client async throws in
            let (location, cookie) = try await ada.signUp(client)
            #expect(location == "/annotate")
            for path in ["/annotate", "/annotations", "/subscribe", "/annotate/job"] {
                #expect(try await client.get(path, headers: cookie).location == "/profile/confirm", "\(path)")
            }
            #expect(try await client.get("/annotations/events", headers: cookie).status == .forbidden)
            for path in ["/profile", "/profile/delete", "/profile/activity", "/profile/password"] {
                #expect(try await client.get(path, headers: cookie).status == .ok, "\(path)")
            }
            let waiting = try await client.get("/profile/confirm", headers: cookie)
            #expect(waiting.status == .ok && waiting.text.contains(ada.email))
            #expect(try await confirm(link(site, to: ada.email), client, as: cookie).location == "/profile?confirmed=1")
            #expect(try await client.get("/annotate", headers: cookie).status == .ok)
            #expect(try await site.accounts.localAccount(email: ada.email)?.account.isEmailConfirmed == true)
        }
    }

    @Test func thatTheFirstMailCouldNotBeSentIsSaid() async throws {
        let site = try await site()
        site.faults.arm("Mailer.send")
        let fields = ["name": "Ada", "email": ada.email, "institution": "", "password": ada.password]
        try await site.visit { client async throws in
            let answer = try await submit("/signup", fields, client)
            #expect(answer.location == "/profile/confirm?unsent=1")
            let cookie: HTTPFields = [.cookie: "__Host-gas=\(try #require(answer.cookie("__Host-gas")))"]
            let page = try await client.get("/profile/confirm?unsent=1", headers: answer.next(cookie)).text
            #expect(page.contains("the mail could not be sent") && !page.contains("was sent to"))
            #expect(site.mailer.mails.isEmpty)
            let again = try await submit("/profile/confirm/mail", [:], client, as: cookie, page: "/profile/confirm")
            #expect(again.location == "/profile/confirm?sent=1" && site.mailer.mails.count == 1)
        }
    }

    @Test func theMailIsSentAgainButNotEndlessly() async throws {
        let site = try await site { $0.confirmationMails = 2 }
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            let again = {
                try await submit("/profile/confirm/mail", [:], client, as: cookie, page: "/profile/confirm")
            }
            #expect(try await again().location == "/profile/confirm?sent=1")
            #expect(site.mailer.mails.count == 2)
            #expect(try await again().status == .tooManyRequests)
            #expect(try await confirm(link(site, to: ada.email), client, as: cookie).status == .seeOther)
            let after = try await submit("/profile/confirm/mail", [:], client, as: cookie, page: "/profile")
            #expect(after.location == "/profile" && site.mailer.mails.count == 2)
        }
    }

    @Test func aMailThatCannotBeSentDoesNotRefuseTheAccount() async throws {
        let site = try await site()
        try await site.visit { client async throws in
            site.faults.arm("Mailer.send")
            let (_, cookie) = try await ada.signUp(client)
            #expect(site.mailer.mails.isEmpty)
            let again = try await submit("/profile/confirm/mail", [:], client, as: cookie, page: "/profile/confirm")
            #expect(again.status == .seeOther && site.mailer.mails.count == 1)
        }
    }

    @Test func aNewAddressCountsWhenItIsConfirmed() async throws {
        let site = try await site()
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            _ = try await confirm(link(site, to: ada.email), client, as: cookie)
            var form = ["name": "Ada King", "email": "king@example.org", "institution": "", "password": "guess"]
            #expect(try await submit("/profile", form, client, as: cookie).status == .badRequest)
            form["password"] = ada.password
            #expect(try await submit("/profile", form, client, as: cookie).location == "/profile?confirm=1")
            let before = try #require(try await site.accounts.localAccount(email: ada.email)?.account)
            #expect(before.name == "Ada King" && before.isEmailConfirmed)
            let page = try await client.get(link(site, to: "king@example.org"), headers: cookie)
            #expect(page.text.contains("you sign in with it"))
            _ = try await confirm(link(site, to: "king@example.org"), client, as: cookie)
            // Whoever has the old address hears of it.
            #expect(site.mailer.mails.last?.subject == "Your e-mail address was changed")
            #expect(site.mailer.mails.last?.recipientAddress == ada.email)
            #expect(try await LocalPerson(email: "king@example.org").trySignIn(client) == .seeOther)
            #expect(try await ada.trySignIn(client) == .unauthorized)
        }
    }

    @Test func aTakenAddressIsNotAskedToBeConfirmed() async throws {
        let site = try await site()
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            _ = try await LocalPerson(email: "bob@example.org").signUp(client)
            let form = ["name": "Ada", "email": "bob@example.org", "institution": "", "password": ada.password]
            #expect(try await submit("/profile", form, client, as: cookie).status == .badRequest)
            #expect(site.mailer.mails.count == 2)
        }
    }

    /// A link that was mailed for a new password shows the same as one that asks to confirm.
    @Test func aNewPasswordByMailConfirmsTheAddress() async throws {
        let site = try await site()
        try await site.visit { client async throws in
            _ = try await ada.signUp(client)
            let account = try #require(try await site.accounts.localAccount(email: ada.email)?.account)
            let link = try #require(try await site.passwordReset.make(for: account)).address
            let new = LocalPerson(password: "notes on the engine")
            let token = String(link.split(separator: "=")[1])
            _ = try await submit(
                "/password/new", ["token": token, "password": new.password], client,
                page: "/password/new?token=\(token)")
            let cookie = try await new.signIn(client)
            #expect(try await client.get("/annotate", headers: cookie).status == .ok)
        }
    }

    @Test func withoutTheSettingNobodyIsAsked() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            let form = ["name": "Ada", "email": "king@example.org", "institution": "", "password": ada.password]
            #expect(try await submit("/profile", form, client, as: cookie).location == "/profile?saved=1")
            #expect(site.mailer.mails.map(\.recipientAddress) == [ada.email])
            #expect(site.mailer.mails.map(\.subject) == ["Your e-mail address was changed"])
        }
    }

    @Test func withoutTheSettingNobodyHasToConfirm() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            #expect(site.mailer.mails.isEmpty)
            #expect(try await client.get("/annotate", headers: cookie).status == .ok)
            #expect(try await client.get("/profile/confirm", headers: cookie).status == .notFound)
        }
    }
}
