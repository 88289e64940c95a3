import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import HummingbirdTesting
import ProviderStage
import Testing

/// The e-mail address of somebody whom a provider signs in.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct AddressTests {
    /// Signs somebody in without an address, and asks for a mail to one.
    private func asking(
        _ body: @escaping @Sendable (_ here: ProviderSite, _ headers: HTTPFields, _ link: String) async throws -> Void
    ) async throws {
        try await ProviderSite.open({ $0.userinfo["email"] = NSNull() }) { here async throws in
            let headers = try here.entered(try await here.signIn())
            let profile = try await here.client.get("/profile", headers: headers)
            #expect(profile.text.contains("There is no e-mail address yet"))
            let response = try await ask("Jane@Example.org", profile.csrf, headers, here)
            #expect(response.location == "/profile?confirm=1")
            let mail = try #require(here.site.mailer.mails.last)
            #expect(mail.recipientAddress == "jane@example.org")
            let start = try #require(mail.text.range(of: "https://localhost:4433/profile/confirm?token="))
            let link = "/profile/confirm?token=" + mail.text[start.upperBound...].prefix { !$0.isWhitespace }
            #expect(mail.html.contains(link))
            try await body(here, headers, link)
        }
    }

    private func ask(
        _ address: String, _ csrf: String?, _ headers: HTTPFields, _ here: ProviderSite
    ) async throws -> TestResponse {
        try await here.client.post(
            "/profile", ["name": "Jane", "email": address, "institution": "Lab", "csrf": csrf ?? ""], headers: headers)
    }

    @Test func aMissingAddressIsAskedForAndConfirmed() async throws {
        try await asking { here, headers, link async throws in
            #expect(try await here.account?.email == "")
            #expect(try await here.account?.institution == "Lab")
            let page = try await here.client.get(link, headers: headers)
            #expect(page.text.contains("<strong>jane@example.org</strong>"))
            // Looking changes nothing: mail programs look at links too.
            #expect(try await here.account?.email == "")
            let token = String(link.drop { $0 != "=" }.dropFirst())
            let form = ["token": token, "csrf": page.csrf ?? ""]
            #expect(
                try await here.client.post("/profile/confirm", form, headers: headers).location
                    == "/profile?confirmed=1")
            #expect(try await here.account?.email == "jane@example.org")
            // Once.
            #expect(try await here.client.post("/profile/confirm", form, headers: headers).status == .notFound)
            #expect(try await here.client.get(link, headers: headers).status == .notFound)
        }
    }

    @Test func theLinkIsNobodyElses() async throws {
        try await asking { here, headers, link async throws in
            let bob = try await here.site.person("Bob")
            #expect(try await here.client.get(link, as: bob).status == .notFound)
            let form = ["token": String(link.drop { $0 != "=" }.dropFirst()), "csrf": bob.csrf]
            #expect(try await here.client.post("/profile/confirm", form, as: bob).status == .notFound)
            #expect(try await here.client.get(link).location?.hasPrefix("/login?next=%2Fprofile%2Fconfirm") == true)
            #expect(try await here.client.get(link, headers: headers).status == .ok)
            #expect(try await here.client.get("/profile/confirm?token=guess", headers: headers).status == .notFound)
        }
    }

    @Test func theLinkExpires() async throws {
        try await asking { here, headers, link async throws in
            here.site.clock.advance(seconds: 3599)
            #expect(try await here.client.get(link, headers: headers).status == .ok)
            here.site.clock.advance(seconds: 1)
            #expect(try await here.client.get(link, headers: headers).status == .notFound)
        }
    }

    @Test func onlyTheHashOfTheLinkIsStored() async throws {
        try await asking { here, _, link async throws in
            let token = String(link.drop { $0 != "=" }.dropFirst())
            #expect(try await here.site.tickets.ticket(tokenHash: token, at: here.site.clock.now) == nil)
            let stored = try await here.site.tickets.ticket(tokenHash: RandomToken.hash(token), at: here.site.clock.now)
            #expect(stored?.content == "jane@example.org")
        }
    }

    @Test func whoAsksForManyMailsWaits() async throws {
        try await asking { here, headers, _ async throws in
            let csrf = try await here.client.get("/profile", headers: headers).csrf
            for number in 1..<5 {
                #expect(try await ask("jane\(number)@example.org", csrf, headers, here).status == .seeOther)
            }
            let refused = try await ask("jane6@example.org", csrf, headers, here)
            #expect(refused.status == .tooManyRequests)
            #expect(refused.headers[.retryAfter] != nil)
            #expect(here.site.mailer.mails.count == 5)
        }
    }

    @Test func aMailThatCannotBeSentIsSaid() async throws {
        try await asking { here, headers, _ async throws in
            let csrf = try await here.client.get("/profile", headers: headers).csrf
            here.site.faults.arm("Mailer.send")
            let response = try await ask("other@example.org", csrf, headers, here)
            #expect(response.status == .badRequest)
            #expect(response.text.contains("The mail could not be sent now."))
            let wrong = try await ask("nobody", csrf, headers, here)
            #expect(wrong.text.contains("id=\"email-problem\""))
        }
    }
}
