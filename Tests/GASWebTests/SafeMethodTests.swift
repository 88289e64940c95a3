import Foundation
import GAS
import GASTesting
import GASWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

/// Looking changes nothing: no `GET` and no `HEAD` of any route leaves anything different behind.
@Suite struct SafeMethodTests {
    /// All that a site keeps, apart from the audit log, which notes looks on purpose.
    private struct Snapshot: Equatable {
        let accounts: [Account]
        let jobs: [JobAttributes]
        let sessions: [Session]
        let objects: [ObjectMetadata]
        let messages: Int
        let mails: Int
    }

    private func snapshot(_ site: TestSite, _ people: [Person]) async throws -> Snapshot {
        var jobs: [JobAttributes] = []
        var sessions: [Session] = []
        for person in people {
            jobs += try await site.jobs.jobs(of: person.account.id, status: nil, after: nil, limit: 100).jobs
                .map(\.attributes)
            sessions += try await site.sessions.sessions(of: person.account.id)
        }
        var messages = 0
        for queue in [site.requests, site.restoreRequests, site.archiveRequests] {
            let depth = try await queue.depth()
            messages += depth.visible + depth.inFlight + depth.delayed
        }
        var objects: [ObjectMetadata] = []
        for bucket in ["gas-inputs", "gas-results"] {
            objects += try await site.objects.list(bucket: bucket, prefix: "", after: nil, limit: 100)
        }
        return Snapshot(
            accounts: try await site.accounts.accounts(after: nil, limit: 100).accounts, jobs: jobs,
            sessions: sessions, objects: objects, messages: messages, mails: site.mailer.mails.count)
    }

    @Test func lookingChangesNothing() async throws {
        let site = try await TestSite(admins: [TestSite.administratorAddress])
        let (ada, root) = (try await site.person(), try await site.administrator())
        let people = [ada, root]
        let job = try await site.failedJob(of: ada)
        let upload = try await site.upload(by: ada)
        let before = try await snapshot(site, people)
        try await site.visit { client async throws in
            for route in site.web.routes where route.method == .get && route.path != "/annotations/events" {
                let path = route.path.replacing("{id}", with: job.id.rawValue).replacing("{file}", with: "log")
                    .replacing("{name}", with: "gas.css").replacing("{bucket}", with: upload.bucket)
                    .replacing("{account}", with: ada.account.id.rawValue).replacing("**", with: "some/key")
                for person in [nil, ada, root] {
                    for query in ["", "?csrf=\(ada.csrf)&saved=1&session_id=x&next=/profile&password=x"] {
                        _ = try await client.get(path + query, as: person)
                        _ = try await client.executeRequest(
                            uri: path + query, method: .head, headers: HTTPFields() + person, body: nil)
                    }
                }
                #expect(try await snapshot(site, people) == before, "GET \(route.path)")
            }
        }
    }

    /// The one exception: the object store sends the browser there after an upload, with `GET` as S3 does. It turns an
    /// upload of one's own into a job, once, and nobody else's link can name one.
    @Test func submittingIsTheExceptionAndNobodyCanDoItForAnother() async throws {
        let site = try await TestSite()
        let (ada, eve) = (try await site.person(), try await site.person("Eve"))
        let upload = try await site.upload(by: eve)
        try await site.visit { client async throws in
            let link = "/annotate/job?bucket=\(upload.bucket)&key=\(upload.key.formEncoded)"
            #expect(try await client.get(link, as: ada).status == .forbidden)
            #expect(try await site.jobs.counts().isEmpty)
        }
    }
}
