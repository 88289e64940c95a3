import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@Suite struct ActivityTests {
    @Test func peopleSeeWhatConcernsThemAndNothingElse() async throws {
        let site = try await TestSite { $0.rowsPerPage = 3 }
        let (ada, bob) = (try await site.person("Ada"), try await site.person("Bob"))
        let job = try await site.completedJob(of: ada)
        try await site.visit { client async throws in
            _ = try await client.get("/annotations/\(job.id)/files/result", as: ada)
            _ = try await client.get("/annotations/\(job.id)", as: bob)
            let own = try await client.get("/profile/activity", as: ada).text
            #expect(own.contains("Download link given out") && own.contains("result of job \(job.id)"))
            #expect(own.contains("Access refused") && own.contains("another account"))
            #expect(!own.contains(bob.account.id.rawValue))
            let others = try await client.get("/profile/activity", as: bob).text
            #expect(others.contains("Access refused") && !others.contains("Download link"))
            for _ in 1...4 { _ = try await client.get("/annotations/\(job.id)/files/log", as: ada) }
            let page = try await client.get("/profile/activity", as: ada).text
            let older = try #require(page.firstMatch(of: /id="pager-older" href="([^"]+)"/)).1
            #expect(try await client.get(String(older), as: ada).text.contains("Newest"))
            #expect(try await client.get("/profile/activity?before=x", as: ada).status == .badRequest)
        }
    }

    @Test func whatIsDoneIsNotedWithoutNamesAndFileNames() async throws {
        let site = try await TestSite()
        let ada = try await site.person("Canary Name")
        let job = try await site.completedJob(of: ada, name: "canary-file.vcf")
        try await site.visit { client async throws in
            for file in ["input", "result", "log"] {
                _ = try await site.objects.put(Data("x".utf8), at: job.input)
                #expect(try await client.get("/annotations/\(job.id)/files/\(file)", as: ada).status == .seeOther)
            }
            _ = try await client.post("/subscribe", ["csrf": ada.csrf], as: ada)
            _ = try await client.post("/unsubscribe", ["csrf": ada.csrf], as: ada)
            _ = try await client.post(
                "/profile",
                ["csrf": ada.csrf, "name": "Canary Other", "email": ada.account.email, "institution": ""], as: ada)
            _ = try await client.post("/profile/export", ["csrf": ada.csrf], as: ada)
            _ = try await client.post(
                "/profile/delete", ["csrf": ada.csrf, "phrase": ada.account.email], as: ada)
        }
        let events = site.audit.events
        #expect(
            events.map(\.kind) == [
                .download, .download, .download, .roleChangeBegun, .roleChanged, .roleChangeBegun, .roleChanged,
                .profileChanged, .export, .deletionBegun,
            ])
        for event in events {
            #expect(!"\(event)".lowercased().contains("canary"), "\(event)")
            #expect(!"\(event)".contains(ada.account.email) && !"\(event)".contains(ada.token), "\(event)")
        }
        #expect(try await site.audit.verify() != .whole(nil))
    }
}

@Suite struct DeletionTests {
    private let form = [
        "name": "Ada", "email": "ada@example.org", "institution": "", "password": "difference engine",
    ]

    private func signUp(_ client: any TestClientProtocol, _ site: TestSite) async throws -> Person {
        let page = try await client.get("/signup")
        var fields = form
        fields["csrf"] = page.csrf
        let cookie = "__Host-gas-form=\(page.cookie("__Host-gas-form") ?? "")"
        _ = try await client.post("/signup", fields, headers: [.cookie: cookie])
        let known = try #require(try await site.accounts.localAccount(email: "ada@example.org"))
        return try await site.session(of: known.account)
    }

    @Test func aLocalAccountNeedsThePassword() async throws {
        let site = try await TestSite { $0.signInTries = 3 }
        try await site.visit { client async throws in
            let ada = try await signUp(client, site)
            let page = try await client.get("/profile/delete", as: ada).text
            #expect(page.contains("id=\"password\"") && !page.contains("id=\"phrase\""))
            for guess in ["", "guess"] {
                let refused = try await client.post(
                    "/profile/delete", ["csrf": ada.csrf, "password": guess, "phrase": "ada@example.org"], as: ada)
                #expect(refused.status == .badRequest && refused.text.contains("not your current password"))
            }
            #expect(try await site.accounts.account(ada.account.id) != nil)
            #expect(try await client.post("/profile/delete", ["csrf": "x"], as: ada).status == .forbidden)
            let done = try await client.post(
                "/profile/delete", ["csrf": ada.csrf, "password": form["password"] ?? ""], as: ada)
            #expect(done.status == .ok && done.text.contains("Your account is deleted"))
            #expect(done.text.contains("href=\"/login\"") && !done.text.contains("Sign out"))
            #expect(done.cookie("__Host-gas")?.isEmpty == true)
            #expect(try await site.accounts.account(ada.account.id) == nil)
            #expect(try await client.get("/profile", as: ada).status == .seeOther)
        }
    }

    @Test func guessingThePasswordHereIsSlowedDownToo() async throws {
        let site = try await TestSite { $0.signInTries = 2 }
        try await site.visit { client async throws in
            let ada = try await signUp(client, site)
            func guess() async throws -> HTTPResponse.Status {
                try await client.post("/profile/delete", ["csrf": ada.csrf, "password": "guess"], as: ada).status
            }
            for _ in 1...2 { #expect(try await guess() == .badRequest) }
            #expect(try await guess() == .tooManyRequests)
        }
    }

    @Test func anAccountOfAProviderTypesItsAddress() async throws {
        let site = try await TestSite()
        let ada = try await site.session(of: try await site.foreign(email: "ada@example.org"))
        let bob = try await site.session(of: try await site.foreign(id: "auth|2", email: ""))
        try await site.visit { client async throws in
            let page = try await client.get("/profile/delete", as: ada).text
            #expect(page.contains("<code>ada@example.org</code>") && !page.contains("type=\"password\""))
            let refused = try await client.post("/profile/delete", ["csrf": ada.csrf, "phrase": "ada"], as: ada)
            #expect(refused.status == .badRequest)
            for (person, phrase) in [(ada, " Ada@example.org "), (bob, "delete")] {
                let done = try await client.post(
                    "/profile/delete", ["csrf": person.csrf, "phrase": phrase], as: person)
                #expect(done.status == .ok)
            }
            #expect(try await site.accounts.count() == 0)
        }
    }

    @Test func whatCannotBeRemovedNowIsLeftToTheSweeper() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        site.faults.arm("ObjectStore.delete", times: 1)
        try await site.visit { client async throws in
            let done = try await client.post(
                "/profile/delete", ["csrf": ada.csrf, "phrase": ada.account.email], as: ada)
            #expect(done.status == .ok)
            #expect(try await site.objects.metadata(JobOutput.sample(job).log) != nil)
            #expect(try await site.deletion.sweep() > 0)
            #expect(try await site.objects.metadata(JobOutput.sample(job).log) == nil)
        }
    }

    @Test func aFormThatWasSignedBeforeBringsNothingBack() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            let page = try await client.get("/annotate", as: ada).text
            let fields = page.matches(of: /<input type="hidden" name="([^"]+)" value="([^"]*)">/)
                .map { (String($0.1), String($0.2)) }.filter { $0.0 != "csrf" }
            #expect(!fields.isEmpty)
            _ = try await site.accounts.beginDeletion(of: ada.account.id, at: site.clock.now)
            let boundary = "XXX"
            var body = fields.map {
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"\($0.0)\"\r\n\r\n\($0.1)\r\n"
            }.joined()
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.vcf\"\r\n\r\nx\r\n"
            body += "--\(boundary)--\r\n"
            let answer = try await client.executeRequest(
                uri: "/objects/gas-inputs", method: .post,
                headers: [.contentType: "multipart/form-data; boundary=\(boundary)"], body: .init(string: body))
            #expect(answer.status == .forbidden && answer.text.contains("was deleted"))
            let left = try await site.objects.list(bucket: "gas-inputs", prefix: "gas/", after: nil, limit: 10)
            #expect(left.isEmpty)
        }
    }

    @Test func aLinkToAFileEndsWithTheAccount() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        try await site.visit { client async throws in
            let link = try #require(try await client.get("/annotations/\(job.id)/files/result", as: ada).location)
            #expect(try await client.get(link).status == .ok)
            _ = try await site.accounts.beginDeletion(of: ada.account.id, at: site.clock.now)
            // What belongs to the account is there still, until it is purged.
            #expect(try await site.objects.metadata(try #require(job.output?.result)) != nil)
            #expect(try await client.get(link).status == .notFound)
        }
    }
}

@Suite struct PrivacyPageTests {
    @Test(arguments: [(0, "until you delete your account"), (1, "1 day after"), (30, "30 days after")])
    func theTimesAreThoseOfTheSettings(days: Int, text: String) async throws {
        let site = try await TestSite {
            $0.inputRetentionDays = days
            $0.contact = "privacy@<example>.org"
        }
        try await site.visit { client async throws in
            let page = try await client.get("/privacy").text
            #expect(page.contains(text) && page.contains("privacy@&lt;example&gt;.org"))
            #expect(try await client.get("/").text.contains("href=\"/privacy\""))
        }
    }

    @Test func whoGetsSomethingIsNamed() async throws {
        let alone = try await TestSite()
        try await alone.visit { client async throws in
            let page = try await client.get("/privacy").text
            #expect(page.contains("Nothing is given to others.") && !page.contains("nothing else:"))
        }
        let site = try await TestSite { $0.recipients = [.init("<Stripe>", "takes the money")] }
        try await site.visit { client async throws in
            let page = try await client.get("/privacy").text
            #expect(page.contains("<strong>&lt;Stripe&gt;</strong> takes the money."))
            #expect(!page.contains("Nothing is given to others"))
        }
    }

    @Test func anInputThatIsGoneIsSaidSo() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        try await site.objects.delete(job.input)
        try await site.visit { client async throws in
            let answer = try await client.get("/annotations/\(job.id)/files/input", as: ada)
            #expect(answer.status == .notFound && answer.text.contains("not kept any more"))
        }
    }
}
