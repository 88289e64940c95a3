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

/// Every route, by everybody, with every method: the table of routes decides what must happen, and nothing is left out.
@Suite struct RouteMatrixTests {
    /// Who asks.
    enum Visitor: String, CaseIterable {
        case anonymous, stranger, free, premium, admin
    }

    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace]

    /// Forms and links that need more than was sent here say so; nobody but who may do it gets that far.
    private static let incomplete: [String: Int] = [
        "GET /annotate/job": 400, "POST /profile": 400, "POST /profile/delete": 400,
        "GET /profile/confirm": 404, "POST /profile/confirm": 404, "POST /profile/password": 400,
    ]

    @Test(arguments: Visitor.allCases)
    func everyRouteByEveryMethod(visitor: Visitor) async throws {
        let site = try await TestSite(admins: ["root@example.org"]) { $0.feedKeepAliveSeconds = 3600 }
        try await site.visit { client in
            for path in Set(site.web.routes.map(\.path)).sorted() {
                for method in Self.methods {
                    let stage = try await Stage(site, visitor, path)
                    // The feed of the list never ends, and that of somebody who may not have it is refused.
                    if method == .get, path == "/annotations/events", visitor != .anonymous { continue }
                    let response = try await ask(client, method, stage)
                    let expected = expected(site, method, path, visitor)
                    #expect(
                        expected.contains(response.status.code),
                        "\(method) \(path) as \(visitor): \(response.status.code) instead of \(expected)")
                    if response.status == .methodNotAllowed {
                        #expect(response.headers[.allow]?.isEmpty == false, "\(method) \(path)")
                    }
                    #expect(response.headers[.xContentTypeOptions] == "nosniff", "\(method) \(path)")
                    #expect(response.headers[.contentSecurityPolicy] != nil, "\(method) \(path)")
                }
            }
        }
    }

    /// What must come of it, by the rule of the route alone.
    private func expected(_ site: TestSite, _ method: HTTPRequest.Method, _ path: String, _ visitor: Visitor) -> [Int] {
        guard let route = site.web.routes.first(where: { $0.path == path && answers($0, method) }) else { return [405] }
        let isPost = method == .post
        let done = Self.incomplete["\(isPost ? "POST" : "GET") \(path)"].map { [$0] } ?? [200, 303]
        // A form without the token of its page or session is refused before anything else; who has no session, and would need
        // one, is sent to sign in, whatever the token.
        let turnedAway = path.hasSuffix("events") ? [401] : [303]
        switch (route.rule, visitor) {
        case (.signature, _): return [400, 403]
        case (.anyone, .anonymous) where isPost: return [403]
        // Signing in and up with empty fields, and what the server has no file for.
        case (.anyone, _): return isPost ? [400, 401] : [200, 303, 404, 503]
        case (_, .anonymous): return turnedAway
        case (.signedIn, _), (.member, _): return done
        case (.premium, .premium): return done
        case (.premium, _): return [403]
        // The job is that of whoever is `free` or `premium`.
        case (.owner, .free), (.owner, .premium): return done
        case (.owner, _): return [403]
        case (.reader, .stranger): return [403]
        case (.reader, _): return done
        case (.admin, .admin): return done
        case (.admin, _): return [403]
        }
    }

    private func answers(_ route: Route, _ method: HTTPRequest.Method) -> Bool {
        route.method == method || (method == .head && route.answersHead)
    }

    private func ask(_ client: any TestClientProtocol, _ method: HTTPRequest.Method, _ stage: Stage) async throws
        -> TestResponse
    {
        if method == .post {
            return try await client.post(stage.path, ["csrf": stage.person?.csrf ?? ""], as: stage.person)
        }
        return try await client.executeRequest(
            uri: stage.path, method: method, headers: HTTPFields() + stage.person, body: nil)
    }

    /// People and things of their own for each request: some of them end a session, a job or an account.
    private struct Stage {
        let person: Person?
        let path: String

        init(_ site: TestSite, _ visitor: Visitor, _ pattern: String) async throws {
            let owner: Person
            switch visitor {
            case .anonymous:
                owner = try await site.person("Ada", role: .premium)
                person = nil
            case .stranger:
                owner = try await site.person("Ada", role: .premium)
                person = try await site.person("Bob")
            case .free:
                owner = try await site.person("Ada")
                person = owner
            case .premium:
                owner = try await site.person("Ada", role: .premium)
                person = owner
            case .admin:
                owner = try await site.person("Ada", role: .premium)
                person = try await site.administrator()
            }
            // Of a job that failed nothing changes any more, so that its feed ends by itself.
            let job =
                pattern.hasSuffix("events")
                ? try await site.failedJob(of: owner) : try await site.completedJob(of: owner)
            path = pattern.replacing("{id}", with: job.id.rawValue).replacing("{file}", with: "log")
                .replacing("{name}", with: "gas.css").replacing("{bucket}", with: "gas-inputs")
                .replacing("{queue}", with: "job_requests")
                .replacing("{account}", with: owner.account.id.rawValue).replacing("**", with: "some/key")
        }
    }

    @Test func everyRuleIsUsed() async throws {
        let site = try await TestSite()
        #expect(Set(site.web.routes.map(\.rule)) == Set(AccessRule.allCases))
    }

    @Test func anIDThatNobodyHasSaysNothing() async throws {
        let site = try await TestSite(admins: ["root@example.org"])
        let (ada, root) = (try await site.person(), try await site.administrator())
        try await site.visit { client async throws in
            for person in [ada, root] {
                #expect(try await client.get("/annotations/\(JobID())", as: person).status == .notFound)
            }
            #expect(try await client.get("/admin/accounts/\(AccountID())", as: root).status == .notFound)
        }
    }

    @Test func aRoleThatEndsEndsAtOnce() async throws {
        let site = try await TestSite()
        let ada = try await site.person(role: .premium)
        try await site.visit { client async throws in
            #expect(try await client.post("/billing", ["csrf": ada.csrf], as: ada).status == .seeOther)
            try await site.give(.free, to: ada)
            let refused = try await client.post("/billing", ["csrf": ada.csrf], as: ada)
            #expect(refused.status == .forbidden)
            #expect(refused.text.contains("Upgrade to Premium"))
        }
    }
}
