import Foundation
import GAS
import GASEmbedded
import GASTesting
import Glibc
import Testing

@Suite(.serialized, .timeLimit(.minutes(1)))
struct FileObjectStoreTests {
    private let location = ObjectLocation(bucket: "b", key: "gas/../k \"quoted\" 🧬")

    /// Changes the bytes of the only blob.
    private func damage(_ fixture: Fixture, _ change: (inout Data) -> Void) throws {
        let blobs = try fixture.files("blobs")
        let blob = URL(fileURLWithPath: try #require(blobs.first))
        #expect(blobs.count == 1)
        var bytes = try Data(contentsOf: blob)
        change(&bytes)
        try bytes.write(to: blob)
    }

    private func expectCorrupted(_ body: () async throws -> Void) async {
        let error = await #expect(throws: GASError.self) { try await body() }
        #expect(error?.code == .corrupted)
    }

    @Test(arguments: ["first bit", "last bit", "one byte less", "one byte more", "empty"])
    func damagedBytesAreNeverGiven(_ kind: String) async throws {
        try await Fixture.use { fixture in
            // More than one piece of a download.
            _ = try await fixture.objects.put(Data(repeating: 65, count: 1_000_000), at: location)
            try damage(fixture) { bytes in
                switch kind {
                case "first bit": bytes[0] ^= 1
                case "last bit": bytes[bytes.count - 1] ^= 128
                case "one byte less": bytes.removeLast()
                case "one byte more": bytes.append(65)
                default: bytes = Data()
                }
            }
            await expectCorrupted { _ = try await fixture.objects.get(location, limit: 2_000_000) }
            await expectCorrupted { _ = try await fixture.objects.get(location, toFile: "\(fixture.folder)/copy") }
            #expect(!FileManager.default.fileExists(atPath: "\(fixture.folder)/copy"))
            let request = DownloadRequest(
                location: location,
                fileName: "a",
                contentType: "text/plain",
                expires: fixture.clock.now.addingTimeInterval(60)
            )
            let link = try #require(URLComponents(string: try await fixture.objects.signDownload(request)))
            let query = Dictionary(uniqueKeysWithValues: (link.queryItems ?? []).map { ($0.name, $0.value ?? "") })
            let download = try await fixture.objects.openDownload(location, query: query)
            var received = 0
            await expectCorrupted { for try await piece in download.bytes { received += piece.count } }
            #expect(received < 1_000_000)
        }
    }

    @Test func aBlobThatIsGoneIsCorruption() async throws {
        try await Fixture.use { fixture in
            _ = try await fixture.objects.put(Data("object".utf8), at: location)
            try FileManager.default.removeItem(atPath: try #require(fixture.files("blobs").first))
            await expectCorrupted { _ = try await fixture.objects.get(location, limit: 10) }
        }
    }

    @Test func nothingIsLeftBehind() async throws {
        try await Fixture.use { fixture in
            for number in 0..<5 { _ = try await fixture.objects.put(Data("\(number)".utf8), at: location) }
            #expect(try fixture.files("blobs").count == 1)
            try await fixture.objects.delete(location)
            #expect(try fixture.files("blobs").isEmpty)
            #expect(try fixture.files("incoming").isEmpty)
        }
    }

    @Test func fileNamesTellNothing() async throws {
        try await Fixture.use { fixture in
            _ = try await fixture.objects.put(Data("object".utf8), at: location)
            let name = URL(fileURLWithPath: try #require(fixture.files("blobs").first)).lastPathComponent
            #expect(UUID(uuidString: name) != nil)
        }
    }

    @Test func refusedUploadsLeaveNoFile() async throws {
        try await Fixture.use { fixture in
            let policy = UploadPolicy(
                bucket: "b",
                keyPrefix: "k/",
                sizes: 2...3,
                expires: fixture.clock.now.addingTimeInterval(60),
                successRedirect: "/"
            )
            let form = try await fixture.objects.signUpload(policy)
            let fields = Dictionary(uniqueKeysWithValues: form.fields.map { ($0.name, $0.value) })
            let large = try await fixture.objects.beginUpload(fields: fields, fileName: "large")
            #expect(try fixture.files("incoming").count == 1)
            await #expect(throws: GASError.self) { try await large.write([1, 2, 3, 4]) }
            let small = try await fixture.objects.beginUpload(fields: fields, fileName: "small")
            await #expect(throws: GASError.self) { _ = try await small.finish() }
            let abandoned = try await fixture.objects.beginUpload(fields: fields, fileName: "abandoned")
            try await abandoned.write([1])
            await abandoned.abandon()
            #expect(try fixture.files("incoming").isEmpty)
            #expect(try fixture.files("blobs").isEmpty)
        }
    }

    @Test func keysThatCannotBeKeptAreRefused() async throws {
        try await Fixture.use { fixture in
            for key in ["", "a\u{0}b", String(repeating: "k", count: 1025)] {
                let error = await #expect(throws: GASError.self) {
                    _ = try await fixture.objects.put(Data("a".utf8), at: ObjectLocation(bucket: "b", key: key))
                }
                #expect(error?.code == .invalid)
            }
            let files = try fixture.files("incoming")
            #expect(files.isEmpty)
        }
    }

    @Test func theSweepRemovesWhatCrashesLeft() async throws {
        try await Fixture.use { fixture in
            _ = try await fixture.objects.put(Data("object".utf8), at: location)
            let leftovers = ["blobs/orphan", "incoming/half"].map { "\(fixture.folder)/objects/\($0)" }
            let fresh = ["blobs/new", "incoming/new"].map { "\(fixture.folder)/objects/\($0)" }
            for path in leftovers + fresh { try Data("bytes".utf8).write(to: URL(fileURLWithPath: path)) }
            let old = Date().addingTimeInterval(-3700)
            for path in leftovers + (try fixture.files("blobs").filter { !fresh.contains($0) }) {
                try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
            }
            #expect(try await fixture.objects.sweepOrphans(olderThan: 3600) == 2)
            for path in leftovers { #expect(!FileManager.default.fileExists(atPath: path)) }
            for path in fresh { #expect(FileManager.default.fileExists(atPath: path)) }
            #expect(try await fixture.objects.get(location, limit: 10) == Data("object".utf8))
        }
    }

    @Test func aSignatureOfAnotherKeyIsRefused() async throws {
        try await Fixture.use { fixture in
            let other = try Fixture.objects(fixture.folder, fixture.database, fixture.clock, key: 8)
            _ = try await fixture.objects.put(Data("object".utf8), at: location)
            let request = DownloadRequest(
                location: location,
                fileName: "a",
                contentType: "text/plain",
                expires: fixture.clock.now.addingTimeInterval(60)
            )
            let link = try #require(URLComponents(string: try await other.signDownload(request)))
            let query = Dictionary(uniqueKeysWithValues: (link.queryItems ?? []).map { ($0.name, $0.value ?? "") })
            let error = await #expect(throws: GASError.self) {
                _ = try await fixture.objects.openDownload(location, query: query)
            }
            #expect(error?.code == .forbidden)
            _ = try await other.openDownload(location, query: query)
        }
    }

    @Test func aLinkNamesItsObjectInOneSegment() async throws {
        try await Fixture.use { fixture in
            let request = DownloadRequest(
                location: location,
                fileName: "a",
                contentType: "text/plain",
                expires: fixture.clock.now
            )
            let link = try await fixture.objects.signDownload(request)
            #expect(link.hasPrefix("https://gas.example/objects/b/gas%2F..%2Fk%20%22quoted%22%20%F0%9F%A7%AC?"))
        }
    }

    @Test func aShortKeyIsRefused() async throws {
        try await Fixture.use { fixture in
            #expect(throws: GASError.self) {
                try FileObjectStore(
                    root: fixture.folder,
                    database: fixture.database,
                    signingKey: Data(count: 31),
                    baseURL: "",
                    clock: fixture.clock
                )
            }
        }
    }

    @Test(.enabled(if: SmallDisk.isAvailable, "only root can mount a small disk"))
    func aFullDiskKeepsTheOldObject() async throws {
        try await Fixture.use { fixture in
            try await SmallDisk.use(at: "\(fixture.folder)/objects", bytes: 1 << 20) {
                let store = try Fixture.objects(fixture.folder, fixture.database, fixture.clock)
                _ = try await store.put(Data("old".utf8), at: location)
                let error = await #expect(throws: GASError.self) {
                    _ = try await store.put(Data(count: 2 << 20), at: location)
                }
                #expect(error?.code == .unavailable)
                #expect(error?.message == "The disk is full. Free some space, then try again.")
                #expect(try fixture.files("incoming").isEmpty)
                #expect(try await store.get(location, limit: 10) == Data("old".utf8))
                _ = try await store.put(Data("new".utf8), at: location)
                #expect(try await store.get(location, limit: 10) == Data("new".utf8))
            }
        }
    }
}

/// A file system in memory that is soon full.
enum SmallDisk {
    static let isAvailable: Bool = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)").path
        guard mkdir(folder, 0o700) == 0 else { return false }
        defer { rmdir(folder) }
        return mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 && umount(folder) == 0
    }()

    static func use(at folder: String, bytes: Int, _ body: () async throws -> Void) async throws {
        #expect(mount("tmpfs", folder, "tmpfs", 0, "size=\(bytes),mode=700") == 0)
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        #expect(umount(folder) == 0)
        try result.get()
    }
}
