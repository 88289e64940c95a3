import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@Suite struct UploadTests {
    /// A form as the page shows it, and what a browser makes of it.
    private struct Form {
        var action: String
        var fields: [(name: String, value: String)]
        var fileName = "free_1.vcf"
        var content = "##fileformat=VCFv4.2\n"

        var body: String {
            var body = ""
            for field in fields {
                body += "--xYz\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n"
            }
            let disposition = "form-data; name=\"file\"; filename=\"\(fileName)\""
            return body + "--xYz\r\nContent-Disposition: \(disposition)\r\n\r\n\(content)\r\n--xYz--\r\n"
        }
    }

    private func open(_ client: any TestClientProtocol, as person: Person) async throws -> Form {
        let page = try await client.get("/annotate", as: person)
        let action = try #require(page.text.firstMatch(of: /action="([^"]+)" enctype/)).1
        let form = try #require(page.text.range(of: "enctype=")).upperBound
        let fields = page.text[form...].matches(of: /<input type="hidden" name="([^"]+)" value="([^"]*)">/)
        return Form(action: String(action), fields: fields.map { (String($0.1), String($0.2)) })
    }

    private func send(
        _ form: Form,
        _ client: any TestClientProtocol,
        as person: Person? = nil,
        body: String? = nil
    ) async throws -> TestResponse {
        try await client.executeRequest(
            uri: form.action,
            method: .post,
            headers: [.contentType: "multipart/form-data; boundary=xYz"] + person,
            body: ByteBuffer(string: body ?? form.body)
        )
    }

    @Test func anUploadBecomesOneJobHoweverOftenItIsSubmitted() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            let form = try await open(client, as: ada)
            let stored = try await send(form, client)
            #expect(stored.status == .seeOther)
            let submission = try #require(stored.location)
            #expect(submission.hasPrefix("/annotate/job?"))
            let first = try await client.get(submission, as: ada)
            #expect(first.status == .seeOther)
            let second = try await client.get(submission, as: ada)
            #expect(second.location == first.location)
            let page = try await site.jobs.jobs(of: ada.account.id, status: nil, after: nil, limit: 10)
            #expect(page.jobs.map(\.inputFileName) == ["free_1.vcf"])
            #expect(page.jobs.first?.inputSize == form.content.utf8.count)
            #expect(try await site.requests.depth().visible == 1)
            let details = try #require(first.location)
            #expect(try await client.get(details, as: ada).text.contains("PENDING"))
        }
    }

    @Test func twoTabsAtOnceGiveOneJob() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let upload = try await site.upload(by: ada)
        try await site.visit { client async throws in
            try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await client.get(submission(upload), as: ada).location
                    }
                }
                var locations = Set<String?>()
                for try await location in group { locations.insert(location) }
                #expect(locations.count == 1)
            }
            #expect(try await site.jobs.counts(of: ada.account.id) == [.pending: 1])
            #expect(try await site.requests.depth().visible == 1)
        }
    }

    @Test func noMoreJobsAtOnceThanThePlanAllows() async throws {
        let site = try await TestSite(concurrentJobs: 2)
        let ada = try await site.person()
        var uploads: [ObjectLocation] = []
        for _ in 0..<12 { uploads.append(try await site.upload(by: ada)) }
        let all = uploads
        try await site.visit { client async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for upload in all { group.addTask { _ = try await client.get(submission(upload), as: ada) } }
                try await group.waitForAll()
            }
            #expect(try await site.jobs.counts(of: ada.account.id)[.pending, default: 0] <= 2)
            // One by one there is room for two, and not for the third.
            for upload in all { _ = try await client.get(submission(upload), as: ada) }
            #expect(try await site.jobs.counts(of: ada.account.id) == [.pending: 2])
            #expect(try await site.requests.depth().visible == 2)
            let refused = submission(try await site.upload(by: ada))
            let page = try await client.get(refused, as: ada)
            #expect(page.status == .tooManyRequests)
            #expect(page.text.contains("The Free plan takes 2 at a time."))
            #expect(page.text.contains("/subscribe"))
            // When one has ended, the same upload is taken.
            let waiting = try #require(
                try await site.jobs.jobs(of: ada.account.id, status: .pending, after: nil, limit: 1).jobs.first)
            #expect(try await site.jobs.update(try #require(waiting.cancel(now: site.clock.now))) != nil)
            #expect(try await client.get(refused, as: ada).status == .seeOther)
            #expect(try await site.jobs.counts(of: ada.account.id) == [.pending: 2, .cancelled: 1])
        }
    }

    private func submission(_ upload: ObjectLocation) -> String {
        "/annotate/job?bucket=\(upload.bucket.formEncoded)&key=\(upload.key.formEncoded)"
    }

    @Test func anUploadOfSomebodyElseIsNotTaken() async throws {
        let site = try await TestSite()
        let (ada, bob) = (try await site.person("Ada"), try await site.person("Bob"))
        let upload = try await site.upload(by: ada)
        let elsewhere = ObjectLocation(bucket: "gas-results", key: upload.key)
        let odd = ObjectLocation(bucket: "gas-inputs", key: "gas/\(bob.account.id)/1~a.vcf")
        let missing = ObjectLocation(bucket: "gas-inputs", key: "gas/\(bob.account.id)/\(JobID())~a.vcf")
        try await site.visit { client async throws in
            for (location, status) in [(upload, 403), (elsewhere, 403), (odd, 403), (missing, 404)] {
                #expect(try await client.get(submission(location), as: bob).status.code == status)
            }
            #expect(try await client.get("/annotate/job", as: bob).status == .badRequest)
            #expect(try await site.jobs.counts(of: bob.account.id).isEmpty)
        }
    }

    @Test func aFormIsGoodForOneFile() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let id = JobID()
        let first = try await site.upload(by: ada, job: id, name: "a.vcf")
        let second = try await site.upload(by: ada, job: id, name: "b.vcf")
        try await site.visit { client async throws in
            #expect(try await client.get(submission(first), as: ada).status == .seeOther)
            #expect(try await client.get(submission(second), as: ada).status == .conflict)
        }
    }

    @Test func thePlanHoldsWhenTheJobIsMadeToo() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let upload = try await site.upload(by: ada, bytes: 1001)
        try await site.visit { client async throws in
            let refused = try await client.get(submission(upload), as: ada)
            #expect(refused.status == .contentTooLarge)
            #expect(refused.text.contains("1,001 bytes") && refused.text.contains("Free plan"))
            #expect(refused.text.contains("href=\"/subscribe\">Upgrade to Premium</a>"))
        }
    }

    @Test func aJobIsAcceptedThoughItCannotBeAnnounced() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let upload = try await site.upload(by: ada)
        site.faults.arm("Topic.publish")
        try await site.visit { client async throws in
            #expect(try await client.get(submission(upload), as: ada).status == .seeOther)
            #expect(try await site.jobs.counts(of: ada.account.id) == [.pending: 1])
        }
    }

    @Test func tooLargeAndEmptyFilesAreRefused() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            var form = try await open(client, as: ada)
            form.content = String(repeating: "A", count: 1000)
            #expect(try await send(form, client).status == .seeOther)
            form.content += "A"
            #expect(try await send(form, client).status == .contentTooLarge)
            form.content = ""
            #expect(try await send(form, client).status == .badRequest)
        }
    }

    @Test func aRefusalIsAPageThatHelpsOn() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            var form = try await open(client, as: ada)
            form.content = String(repeating: "A", count: 1001)
            let refused = try await send(form, client, as: ada)
            #expect(refused.status == .contentTooLarge)
            #expect(refused.text.contains("larger than the 1,000 bytes that your Free plan takes."))
            #expect(refused.text.contains("href=\"/annotate\">Choose another file</a>"))
            #expect(refused.text.contains("Sign out") && !refused.text.contains("Sign in"))
            #expect(refused.text.contains("href=\"/subscribe\">Upgrade to Premium</a>"))
            // Whoever holds the form may send it; the page then knows nobody.
            let stranger = try await send(form, client)
            #expect(stranger.status == .contentTooLarge)
            #expect(stranger.text.contains("larger than this form allows") && stranger.text.contains("Sign in"))
            #expect(!stranger.text.contains("/subscribe"))
        }
    }

    @Test func premiumIsOfferedOnlyForWhatItTakes() async throws {
        let site = try await TestSite()
        let (ada, bob) = (try await site.person(), try await site.person("Bob", role: .premium))
        let (huge, large) = (
            try await site.upload(by: ada, bytes: 100_001), try await site.upload(by: bob, bytes: 100_001)
        )
        try await site.visit { client async throws in
            for (upload, person) in [(huge, ada), (large, bob)] {
                let refused = try await client.get(submission(upload), as: person)
                #expect(refused.status == .contentTooLarge && !refused.text.contains("/subscribe\">Upgrade"))
            }
            var form = try await open(client, as: ada)
            form.content = String(repeating: "A", count: 100_001)
            let refused = try await send(form, client, as: ada)
            #expect(refused.status == .contentTooLarge && !refused.text.contains("/subscribe\">Upgrade"))
        }
    }

    @Test func aFormEndsWithTheLastSession() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let elsewhere = try await site.session(of: ada.account)
        try await site.visit { client async throws in
            let form = try await open(client, as: ada)
            #expect(try await client.post("/logout", ["csrf": ada.csrf], as: ada).status == .seeOther)
            #expect(try await send(form, client).status == .seeOther)
            #expect(try await client.post("/logout", ["csrf": elsewhere.csrf], as: elsewhere).status == .seeOther)
            let refused = try await send(form, client)
            #expect(refused.status == .forbidden && refused.text.contains("has signed out"))
        }
    }

    @Test func anUploadNeedsNoSessionStore() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            let form = try await open(client, as: ada)
            site.faults.arm("AccountStore.account")
            #expect(try await send(form, client, as: ada).status == .seeOther)
        }
    }

    @Test func aRefusalIsASentenceForScripts() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            var form = try await open(client, as: ada)
            form.content = String(repeating: "A", count: 1001)
            let response = try await client.executeRequest(
                uri: form.action,
                method: .post,
                headers: [.contentType: "multipart/form-data; boundary=xYz", .accept: "application/json"],
                body: ByteBuffer(string: form.body)
            )
            #expect(response.status == .contentTooLarge)
            #expect(response.text.hasPrefix("{\"message\":"))
        }
    }

    @Test func aFormThatWasChangedOrHasExpiredIsRefused() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            let form = try await open(client, as: ada)
            for index in form.fields.indices {
                var changed = form
                changed.fields[index].value += "x"
                #expect([400, 403].contains(try await send(changed, client).status.code))
            }
            var elsewhere = form
            elsewhere.action = "/objects/gas-results"
            #expect([400, 403].contains(try await send(elsewhere, client).status.code))
            site.clock.advance(seconds: 3600)
            #expect(try await send(form, client).status == .forbidden)
        }
    }

    @Test func aFormOfAnotherShapeIsRefusedAndNothingIsStored() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            let form = try await open(client, as: ada)
            let behind = "--xYz\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nx\r\n--xYz--"
            let bodies = [
                form.body.replacing("--xYz--\r\n", with: behind), String(form.body.dropLast(12)),
                form.body.replacing("filename=\"free_1.vcf\"", with: "filename=\"\""), "", "nonsense",
            ]
            for body in bodies { #expect(try await send(form, client, body: body).status == .badRequest) }
            let many = Form(action: form.action, fields: (0..<50).map { ("f\($0)", "") } + form.fields)
            #expect(try await send(many, client).status == .badRequest)
            let long = Form(action: form.action, fields: [("f", String(repeating: "x", count: 33 << 10))] + form.fields)
            #expect(try await send(long, client).status == .badRequest)
            #expect(try await site.objects.list(bucket: "gas-inputs", prefix: "", after: nil, limit: 10).isEmpty)
        }
    }

    @Test(arguments: [
        "../../etc/passwd", "a/b\\c.vcf", "x%22y.vcf", "<b>.vcf", String(repeating: "n", count: 5000) + ".vcf",
    ])
    func hostileFileNamesAreMadeSafe(name: String) async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            var form = try await open(client, as: ada)
            form.fileName = name
            let stored = try await send(form, client)
            let submission = try #require(stored.location)
            let job = try #require(try await client.get(submission, as: ada).location)
            let page = try await client.get(job, as: ada)
            #expect(page.status == .ok)
            #expect(!page.text.contains("<b>"))
            let kept = try await site.jobs.jobs(of: ada.account.id, status: nil, after: nil, limit: 1).jobs.first
            #expect(kept?.inputFileName == FileName.safe(name.replacing("%22", with: "\"")))
        }
    }
}
