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

/// Addresses, ids and methods that there are not; `RouteMatrixTests` has those that there are.
@Suite struct AuthorizationTests {
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
