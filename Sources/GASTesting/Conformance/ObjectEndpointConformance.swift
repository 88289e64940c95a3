import Foundation
import GAS
import Testing

/// The rules of `ObjectEndpoint`, with those of signing in `ObjectStore`.
public enum ObjectEndpointConformance: String, ConformanceRule {
    case upload = "an upload is stored under the signed key with the browser's file name"
    case uploadInPieces = "an upload may come in pieces, none of it is seen before the end"
    case redirect = "the browser is sent on with bucket, key and etag, encoded"
    case sizeLimits = "an upload of the smallest and the largest size is stored, one byte less or more is not"
    case changedFields = "a form with any changed or missing field is refused"
    case foreignSignature = "a signature is good for its own form alone"
    case fileNames = "no file name, however odd, leaves the signed prefix"
    case uploadExpiry = "a form is good before its time, and refused from then on"
    case abandoned = "an abandoned upload leaves nothing and replaces nothing"
    case download = "a link gives the object with the signed name and type"
    case changedLink = "a link with any part changed or missing is refused"
    case downloadExpiry = "a link is good before its time, and refused from then on"
    case downloadOfMissing = "a link to a removed object is notFound"

    /// Runs the rule.
    public func check(_ store: any ObjectStore & ObjectEndpoint, clock: any TestClock) async throws {
        let rules = ObjectEndpointRules(store: store, clock: clock)
        switch self {
        case .upload: try await rules.upload()
        case .uploadInPieces: try await rules.uploadInPieces()
        case .redirect: try await rules.redirect()
        case .sizeLimits: try await rules.sizeLimits()
        case .changedFields: try await rules.changedFields()
        case .foreignSignature: try await rules.foreignSignature()
        case .fileNames: try await rules.fileNames()
        case .uploadExpiry: try await rules.uploadExpiry()
        case .abandoned: try await rules.abandoned()
        case .download: try await rules.download()
        case .changedLink: try await rules.changedLink()
        case .downloadExpiry: try await rules.downloadExpiry()
        case .downloadOfMissing: try await rules.downloadOfMissing()
        }
    }
}

struct ObjectEndpointRules {
    let store: any ObjectStore & ObjectEndpoint
    let clock: any TestClock
    let bucket = "gas-test"
    let prefix = "gas/\(UUID().uuidString.lowercased())/job~"

    func location(_ name: String) -> ObjectLocation { ObjectLocation(bucket: bucket, key: prefix + name) }

    func form(
        sizes: ClosedRange<Int> = 1...100,
        prefix: String? = nil,
        redirect: String = "https://gas.example/annotate/job"
    ) async throws -> [String: String] {
        let policy = UploadPolicy(
            bucket: bucket,
            keyPrefix: prefix ?? self.prefix,
            sizes: sizes,
            expires: clock.now.addingTimeInterval(clock.unit),
            successRedirect: redirect
        )
        let fields = try await store.signUpload(policy).fields
        return Dictionary(fields.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// Uploads bytes in one piece.
    func upload(
        _ bytes: [UInt8],
        as fileName: String = "sample.vcf",
        with fields: [String: String]
    ) async throws -> ObjectMetadata {
        let upload = try await store.beginUpload(fields: fields, fileName: fileName)
        try await upload.write(bytes[...])
        return try await upload.finish()
    }

    func upload() async throws {
        let metadata = try await upload(Array("##fileformat=VCFv4.3".utf8), with: form())
        #expect(metadata.location == location("sample.vcf"))
        #expect(try await store.get(location("sample.vcf"), limit: 100) == Data("##fileformat=VCFv4.3".utf8))
        #expect(try await store.metadata(location("sample.vcf")) == metadata)
    }

    func uploadInPieces() async throws {
        let upload = try await store.beginUpload(fields: form(sizes: 1...500_000), fileName: "sample.vcf")
        let piece = (0..<30_001).map { UInt8(truncatingIfNeeded: $0) }
        for _ in 0..<10 { try await upload.write(piece[...]) }
        try await upload.write([])
        #expect(try await store.metadata(location("sample.vcf")) == nil)
        #expect(try await upload.finish().size == 300_010)
        let stored = try await store.get(location("sample.vcf"), limit: 500_000)
        #expect(stored == Data((0..<10).flatMap { _ in piece }))
    }

    func redirect() async throws {
        for (base, kept) in [
            ("https://gas.example/annotate/job", []),
            ("https://gas.example/annotate/job?a=b", [URLQueryItem(name: "a", value: "b")]),
        ] {
            let upload = try await store.beginUpload(fields: form(redirect: base), fileName: "a b&c=d+é.vcf")
            try await upload.write([1])
            let metadata = try await upload.finish()
            let redirect = try #require(URLComponents(string: upload.successRedirect))
            #expect(redirect.host == "gas.example" && redirect.path == "/annotate/job")
            let items = try #require(redirect.queryItems)
            #expect(Array(items.prefix(kept.count)) == kept)
            let added = items.dropFirst(kept.count).map { [$0.name, $0.value] }
            #expect(Array(added.prefix(2)) == [["bucket", bucket], ["key", metadata.location.key]])
            #expect(added.count == 3 && added[2][0] == "etag" && added[2][1]?.isEmpty == false)
        }
    }

    func sizeLimits() async throws {
        for size in [5, 10] {
            #expect(try await upload([UInt8](repeating: 1, count: size), with: form(sizes: 5...10)).size == size)
            try await store.delete(location("sample.vcf"))
        }
        let small = try await store.beginUpload(fields: form(sizes: 5...10), fileName: "sample.vcf")
        try await small.write([1, 2, 3, 4])
        await expectError(.invalid) { _ = try await small.finish() }
        let large = try await store.beginUpload(fields: form(sizes: 5...10), fileName: "sample.vcf")
        try await large.write([UInt8](repeating: 1, count: 10)[...])
        await expectError(.tooLarge) { try await large.write([1]) }
        #expect(try await store.metadata(location("sample.vcf")) == nil)
    }

    func abandoned() async throws {
        let old = try await upload([1, 2, 3], with: form())
        let upload = try await store.beginUpload(fields: form(), fileName: "sample.vcf")
        try await upload.write([4, 5])
        await upload.abandon()
        #expect(try await store.metadata(location("sample.vcf")) == old)
        #expect(try await store.get(location("sample.vcf"), limit: 10) == Data([1, 2, 3]))
    }

    func fileNames() async throws {
        let names = [
            "../../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "a\u{0}b.vcf", "a\r\nb.vcf",
            "'; DROP TABLE --.vcf",
            "\"quoted\".vcf", "<script>.vcf", "染色体.vcf", "🧬.vcf.gz", "", ".", "..", "~", "${filename}", "%2e%2e%2f",
            String(repeating: "x", count: 5000) + ".vcf.gz", "\u{202E}fcv.exe",
        ]
        for name in names {
            let metadata = try await upload([1], as: name, with: form())
            #expect(metadata.location == location(FileName.safe(name)))
            #expect(try await store.get(metadata.location, limit: 1) == Data([1]))
        }
    }
}
