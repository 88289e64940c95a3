import Foundation
import GAS
import Testing

extension ObjectEndpointRules {
    /// Expects that a form is refused, for whatever reason, and stores nothing.
    private func expectRefusal(of fields: [String: String], _ change: Comment) async throws {
        let error = await #expect(throws: GASError.self, change) {
            _ = try await upload([1], with: fields)
        }
        #expect(error?.code == .forbidden || error?.code == .invalid, change)
        #expect(try await store.list(bucket: bucket, prefix: prefix, after: nil, limit: 1).isEmpty, change)
    }

    func changedFields() async throws {
        let fields = try await form()
        #expect(Set(fields.keys).isSuperset(of: ["key", "bucket", "success_action_redirect", "signature"]))
        for (name, value) in fields {
            var changed = fields
            changed[name] = nil
            try await expectRefusal(of: changed, "\(name) is missing")
            for other in ["", value + "x", "x" + value, String(value.dropLast()), value.uppercased()]
            where other != value {
                changed[name] = other
                try await expectRefusal(of: changed, "\(name) is \(other)")
            }
        }
        await expectError(.forbidden) { _ = try await upload([1], with: [:]) }
    }

    func foreignSignature() async throws {
        let small = try await form(sizes: 1...1)
        let large = try await form(sizes: 1...1_000_000)
        for name in small.keys where small[name] != large[name] {
            var mixed = small
            mixed[name] = large[name]
            guard mixed != large else { continue }
            try await expectRefusal(of: mixed, "a form with another's \(name)")
        }
        var other = small
        other["signature"] = try await form(prefix: "\(prefix)other/")["signature"]
        try await expectRefusal(of: other, "the signature is that of another key")
    }

    func uploadExpiry() async throws {
        let fields = try await form()
        try await clock.advance(seconds: clock.unit - 0.25)
        _ = try await upload([1], with: fields)
        try await clock.advance(seconds: 0.25)
        await expectError(.forbidden) { _ = try await upload([1], with: fields) }
    }

    private func stored(_ name: String = "result.vcf") async throws -> ObjectLocation {
        let location = location(name)
        _ = try await store.put(Data("bytes of \(name)".utf8), at: location)
        return location
    }

    /// The query of a signed link.
    private func link(
        _ location: ObjectLocation,
        fileName: String = "my \"result\" é&=+.vcf",
        type: String = "text/plain"
    ) async throws -> [String: String] {
        let link = try await store.signDownload(
            DownloadRequest(
                location: location,
                fileName: fileName,
                contentType: type,
                expires: clock.now.addingTimeInterval(clock.unit)
            )
        )
        let items = try #require(URLComponents(string: link)?.queryItems)
        return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
    }

    func download() async throws {
        let location = try await stored()
        let download = try await store.openDownload(location, query: link(location))
        #expect(download.fileName == "my \"result\" é&=+.vcf")
        #expect(download.contentType == "text/plain")
        #expect(download.metadata.location == location && download.metadata.size == 19)
        let bytes = try await download.bytes.reduce(into: Data()) { $0 += $1 }
        #expect(bytes == Data("bytes of result.vcf".utf8))
    }

    func changedLink() async throws {
        let location = try await stored()
        let other = try await stored("other.vcf")
        let query = try await link(location)
        await expectError(.forbidden) { _ = try await store.openDownload(other, query: query) }
        let elsewhere = ObjectLocation(bucket: "elsewhere", key: location.key)
        await expectError(.forbidden) { _ = try await store.openDownload(elsewhere, query: query) }
        for (name, value) in query {
            for changed in [nil, "", value + "1", "1" + value, String(value.dropLast()), value.uppercased()]
            where changed != value {
                var query = query
                query[name] = changed
                await expectError(.forbidden) { _ = try await store.openDownload(location, query: query) }
            }
        }
        var borrowed = query
        borrowed["signature"] = try await link(other)["signature"]
        await expectError(.forbidden) { _ = try await store.openDownload(location, query: borrowed) }
        borrowed["signature"] = try await form()["signature"]
        await expectError(.forbidden) { _ = try await store.openDownload(location, query: borrowed) }
    }

    func downloadExpiry() async throws {
        let location = try await stored()
        let query = try await link(location)
        try await clock.advance(seconds: clock.unit - 0.25)
        _ = try await store.openDownload(location, query: query)
        try await clock.advance(seconds: 0.25)
        await expectError(.forbidden) { _ = try await store.openDownload(location, query: query) }
    }

    func downloadOfMissing() async throws {
        let location = try await stored()
        let query = try await link(location)
        try await store.delete(location)
        await expectError(.notFound) { _ = try await store.openDownload(location, query: query) }
    }
}
