import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import GASTesting
import NIOCore
import NIOHTTP1
import Testing

/// Archives at an emulator that others wrote. It ends restorations when somebody looks at them, knows neither tiers nor
/// expiry, and calls archives of vaults after their bytes; so the rules about time are for the stages alone.
@Suite(.enabled(if: AWSStage.hasGlacier, AWSStage.absence), .serialized, .timeLimit(.minutes(2)))
struct MotoArchiveTests {
    private static let rules: [ArchiveStoreConformance] = [
        .bytesComeBack, .sameName, .equalContents, .announced, .unknown, .foreignRetrieval, .deleted, .damaged, .list,
    ]

    @Test(arguments: rules, [Weather.fair, .foul])
    func glacier(_ rule: ArchiveStoreConformance, _ weather: Weather) async throws {
        let clock = ManualClock(now: Date())
        let bucket = "archive-\(UUID().uuidString.lowercased())"
        let (archive, thaw) = try await archive(named: bucket, in: weather, clock: clock)
        let begun = clock.now
        let fixture = ArchiveFixture(
            archive: archive,
            announcements: {
                guard clock.now.timeIntervalSince(begun) > 600 else { return [] }
                // moto's S3 announces the end when it is asked.
                for entry in try await archive.list(after: nil, limit: 10) {
                    _ = try await archive.state(of: "any", archiveID: entry.id)
                }
                return try await thaw.receive(limit: 10, visibility: 60, wait: 2).map {
                    try RetrievalEnded(body: $0.body)
                }
            }, exhaustExpedited: {},
            damage: { id in
                try await Self.damage(ObjectLocation(bucket: bucket, key: id))
                _ = try await archive.retrieve(id, tier: .standard, for: JobID())
            })
        try await rule.check(fixture, clock: clock)
    }

    /// Puts other bytes in the place of an object, with the checksum of the old ones.
    private static func damage(_ location: ObjectLocation) async throws {
        let sha256 = try await S3ObjectStore(client: AWSStage.client).metadata(location)?.sha256
        let origin = try #require(AWSStage.endpoints["s3"])
        let headers = [
            (name: "x-amz-meta-gas-sha256", value: try #require(sha256)), ("x-amz-storage-class", "GLACIER"),
        ]
        let path = "/\(location.bucket)/\(location.key)"
        let signature = SignatureV4(
            credentials: AWSCredentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "not-a-secret"),
            region: AWSStage.region, service: "s3")
        let signable = SignableRequest(
            method: "PUT", host: origin.replacing("http://", with: ""), path: path, headers: headers,
            payload: .unsigned)
        var request = HTTPClientRequest(url: origin + path)
        request.method = .PUT
        for (name, value) in headers + signature.headers(for: signable, date: Date()) {
            request.headers.add(name: name, value: value)
        }
        request.body = .bytes(ByteBuffer(string: "other bytes"))
        let response = try await AWSStage.http.execute(request, timeout: .seconds(20))
        #expect(response.status == .ok)
        _ = try await response.body.collect(upTo: 1 << 20)
    }

    private func archive(
        named name: String, in weather: Weather, clock: ManualClock
    ) async throws -> (S3GlacierArchive, GlacierThawQueue) {
        let resources = AWSStage.resources
        // Twice is as good as once.
        var topic = ""
        for _ in 1...2 {
            topic = try await resources.makeTopic(named: name)
            try await resources.admitAnnouncements(to: topic)
            let queue = try await resources.makeQueue(named: name, .init(topics: [topic]))
            try await resources.subscribe(queue: queue, to: topic)
            try await resources.makeArchiveBucket(named: name, announcingTo: topic)
        }
        let client = AWSStage.client(in: weather)
        let thaw = SNSTopic(arn: topic, client: client)
        let archive = S3GlacierArchive(bucket: name, client: client, thaw: thaw, clock: clock)
        let queue = SQSQueue(named: name, client: client)
        return (archive, GlacierThawQueue(queue: queue, topic: thaw, archive: archive))
    }

    @Test func vault() async throws {
        let name = "vault-\(UUID().uuidString.lowercased())"
        for _ in 1...2 { try await AWSStage.resources.makeVault(named: name) }
        let archive = VaultArchive(
            vault: name, topic: "arn:aws:sns:us-east-1:123456789012:thaw", client: AWSStage.client,
            clock: SystemClock())
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)")
        try Data("what is archived".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let archived = try await archive.put(file: file.path, name: "gas/ada/job~1")
        #expect(archived.size == 16 && !archived.id.isEmpty)
        guard case .begun(let retrieval) = try await archive.retrieve(archived.id, tier: .expedited, for: JobID())
        else { throw GASError(.unavailable, "moto has capacity always.") }
        #expect(try await archive.state(of: retrieval.id, archiveID: archived.id) == .underWay)
        #expect(try await archive.state(of: retrieval.id, archiveID: "another") == .gone)
        #expect(try await archive.list(after: nil, limit: 10).isEmpty)
        // Expedited takes two seconds there, an inventory five.
        try await Task.sleep(for: .seconds(6))
        #expect(try await archive.state(of: retrieval.id, archiveID: archived.id) == .ready)
        // moto tells no tree hash, so what it gives cannot be trusted.
        let error = await #expect(throws: GASError.self) {
            try await archive.get(retrieval.id, archiveID: archived.id, toFile: file.path)
        }
        #expect(error?.code == .corrupted)
        let listed = try await archive.list(after: nil, limit: 10)
        #expect(listed.map(\.id) == [archived.id] && listed.map(\.name) == ["gas/ada/job~1"])
        try await archive.delete(archived.id)
    }
}
