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

/// Every route by everybody: the table of routes decides what must happen.
@Suite struct AuthorizationTests {
    enum Visitor: CaseIterable {
        case anonymous, owner, stranger
    }

    @Test(arguments: Visitor.allCases)
    func everyRouteKeepsItsRule(visitor: Visitor) async throws {
        let site = try await TestSite()
        try await site.visit { client in
            for route in site.web.routes {
                // Each route gets people of its own: one of them signs out.
                // The owner has Premium, so that a job that has ended does not change any more.
                let (owner, stranger) = (try await site.person("Ada", role: .premium), try await site.person("Bob"))
                let person: Person? =
                    switch visitor {
                    case .anonymous: nil
                    case .owner: owner
                    case .stranger: stranger
                    }
                let path = concrete(route.path, try await site.completedJob(of: owner))
                // The job has ended, so its feed ends by itself; the list's feed never does.
                guard path != "/annotations/events" || visitor == .anonymous else { continue }
                let response =
                    route.method == .post
                    ? try await client.post(path, ["csrf": person?.csrf ?? ""], as: person)
                    : try await client.get(path, as: person)
                check(response, route, visitor)
            }
        }
    }

    private func concrete(_ path: String, _ job: Job) -> String {
        path.replacing("{id}", with: job.id.rawValue).replacing("{file}", with: "result")
            .replacing("{name}", with: "gas.css").replacing("{bucket}", with: "gas-inputs")
            .replacing("**", with: "some/key")
    }

    private func check(_ response: TestResponse, _ route: Route, _ visitor: Visitor) {
        let name = "\(route.method) \(route.path) as \(visitor)"
        switch (route.rule, visitor) {
        case (.signature, _):
            // Nobody has a valid signature here, and a session does not replace it.
            #expect([400, 403].contains(response.status.code), "\(name)")
        case (.anyone, .anonymous) where route.method == .post:
            #expect(response.status == .forbidden, "\(name) without a form token")
        case (.anyone, _):
            #expect(response.status.code < 500 && response.status != .forbidden, "\(name)")
        case (_, .anonymous) where route.method == .post:
            #expect(response.status == .forbidden, "\(name)")
        case (_, .anonymous):
            if route.path.hasSuffix("events") {
                #expect(response.status == .unauthorized, "\(name)")
            } else {
                #expect(response.status == .seeOther, "\(name)")
                #expect(response.location?.hasPrefix("/login?next=") == true, "\(name)")
            }
        case (.owner, .stranger):
            #expect(response.status == .forbidden, "\(name)")
            #expect(response.text.contains("Not authorized to view this job"), "\(name)")
        case (.owner, .owner), (.signedIn, _):
            // These two need more than was sent: an upload, and a name.
            let isIncomplete = route.path == "/annotate/job" || (route.path == "/profile" && route.method == .post)
            #expect((response.status.code < 400) != isIncomplete, "\(name): \(response.status)")
        }
    }

    @Test func aJobThatDoesNotExistIsNotFound() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            for id in [JobID().rawValue, "1", "..", "%00"] {
                #expect(try await client.get("/annotations/\(id)", as: ada).status == .notFound)
            }
        }
    }

    @Test func unknownAddressesAndMethodsHaveProperPages() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let missing = try await client.get("/nowhere")
            #expect(missing.status == .notFound)
            #expect(missing.text.contains("There is no page at this address."))
            let wrong = try await client.executeRequest(uri: "/annotations", method: .delete, headers: [:], body: nil)
            #expect(wrong.status == .methodNotAllowed)
            #expect(wrong.headers[.allow] == "GET, HEAD")
        }
    }

    @Test func headIsAnsweredButChangesNothing() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let upload = try await site.upload(by: ada)
        try await site.visit { client async throws in
            let home = try await client.executeRequest(uri: "/", method: .head, headers: [:], body: nil)
            #expect(home.status == .ok)
            #expect(home.body.readableBytes == 0)
            let submission = try await client.executeRequest(
                uri: "/annotate/job?bucket=\(upload.bucket)&key=\(upload.key.formEncoded)",
                method: .head,
                headers: ada.headers,
                body: nil
            )
            #expect(submission.status == .methodNotAllowed)
            #expect(try await site.jobs.counts(of: ada.account.id).isEmpty)
        }
    }
}
