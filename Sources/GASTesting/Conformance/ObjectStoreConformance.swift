import Foundation
import GAS
import Testing

/// The rules of `ObjectStore`. They can run one after the other on one store, whatever else it holds.
public enum ObjectStoreConformance: String, ConformanceRule {
    case bytesAreKept = "bytes are read back as they were written, none included"
    case filesAreKept = "a large file is read back as it was written, and the source stays"
    case metadata = "size, checksum and time are known"
    case missing = "a missing object is notFound, its metadata nil, and removing it no error"
    case missingSource = "a file that does not exist is notFound and leaves no object"
    case replaced = "writing replaces an object as a whole"
    case deleted = "a removed object is gone"
    case limit = "an object with more bytes than the limit is tooLarge"
    case targetIsReplaced = "reading into a file replaces it, and leaves it alone when it fails"
    case anyKey = "any key names its own object, however odd"
    case list = "a list has a bucket's keys with the prefix, in the order of their bytes, in pages"
    case parallelWrites = "of parallel writes to one key one is read, whole"
    case readsDuringWrites = "who reads while another writes gets the old bytes or the new ones, whole"

    /// Runs the rule.
    /// - Parameter bucket: one that exists.
    public func check(_ store: any ObjectStore, bucket: String = "gas-test", clock: any TestClock) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let rules = ObjectStoreRules(store: store, bucket: bucket, folder: folder, clock: clock)
        let result = await Result(catching: { try await check(rules) })
        try FileManager.default.removeItem(atPath: folder)
        try result.get()
    }

    private func check(_ rules: ObjectStoreRules) async throws {
        switch self {
        case .bytesAreKept: try await rules.bytesAreKept()
        case .filesAreKept: try await rules.filesAreKept()
        case .metadata: try await rules.metadata()
        case .missing: try await rules.missing()
        case .missingSource: try await rules.missingSource()
        case .replaced: try await rules.replaced()
        case .deleted: try await rules.deleted()
        case .limit: try await rules.limit()
        case .targetIsReplaced: try await rules.targetIsReplaced()
        case .anyKey: try await rules.anyKey()
        case .list: try await rules.list()
        case .parallelWrites: try await rules.parallelWrites()
        case .readsDuringWrites: try await rules.readsDuringWrites()
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

struct ObjectStoreRules {
    let store: any ObjectStore
    let bucket: String
    let folder: String
    let clock: any TestClock
    /// Keeps the keys of one run apart from all others.
    let prefix = "conformance/\(UUID().uuidString.lowercased())"

    func location(_ name: String = "object") -> ObjectLocation {
        ObjectLocation(bucket: bucket, key: "\(prefix)/\(name)")
    }

    func bytesAreKept() async throws {
        for bytes in [Data(), Data([0]), Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })] {
            #expect(try await store.put(bytes, at: location()).size == bytes.count)
            #expect(try await store.get(location(), limit: 100_000) == bytes)
        }
    }

    func filesAreKept() async throws {
        // More than any buffer, and a multiple of none.
        let bytes = Data((0..<3_500_003).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) })
        let (source, target) = (URL(fileURLWithPath: "\(folder)/source"), URL(fileURLWithPath: "\(folder)/target"))
        try bytes.write(to: source)
        #expect(try await store.put(file: source.path, at: location()).size == bytes.count)
        #expect(try await store.get(location(), toFile: target.path).size == bytes.count)
        #expect(try Data(contentsOf: target) == bytes)
        #expect(try Data(contentsOf: source) == bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["source", "target"])
    }

    func metadata() async throws {
        let written = try await store.put(Data("abc".utf8), at: location())
        #expect(written.location == location())
        #expect(written.size == 3)
        #expect(written.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(abs(written.modified.timeIntervalSince(clock.now)) < 60)
        let read = try #require(try await store.metadata(location()))
        #expect(read.sha256 == written.sha256 && read.size == 3 && read.location == location())
    }

    func missing() async throws {
        #expect(try await store.metadata(location()) == nil)
        await expectError(.notFound) { _ = try await store.get(location(), limit: 10) }
        await expectError(.notFound) { _ = try await store.get(location(), toFile: "\(folder)/target") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        try await store.delete(location())
    }

    func missingSource() async throws {
        await expectError(.notFound) { _ = try await store.put(file: "\(folder)/source", at: location()) }
        #expect(try await store.metadata(location()) == nil)
    }

    func replaced() async throws {
        _ = try await store.put(Data("a long first version".utf8), at: location())
        _ = try await store.put(Data("second".utf8), at: location())
        #expect(try await store.get(location(), limit: 100) == Data("second".utf8))
        #expect(try await store.metadata(location())?.size == 6)
    }

    func deleted() async throws {
        _ = try await store.put(Data("a".utf8), at: location("a"))
        _ = try await store.put(Data("b".utf8), at: location("b"))
        try await store.delete(location("a"))
        #expect(try await store.metadata(location("a")) == nil)
        await expectError(.notFound) { _ = try await store.get(location("a"), limit: 10) }
        #expect(try await store.get(location("b"), limit: 10) == Data("b".utf8))
    }

    func limit() async throws {
        _ = try await store.put(Data("12345".utf8), at: location())
        #expect(try await store.get(location(), limit: 5).count == 5)
        await expectError(.tooLarge) { _ = try await store.get(location(), limit: 4) }
    }

    func targetIsReplaced() async throws {
        let target = URL(fileURLWithPath: "\(folder)/target")
        try Data("what was there before".utf8).write(to: target)
        await expectError(.notFound) { _ = try await store.get(location(), toFile: target.path) }
        #expect(try Data(contentsOf: target) == Data("what was there before".utf8))
        _ = try await store.put(Data("new".utf8), at: location())
        _ = try await store.get(location(), toFile: target.path)
        #expect(try Data(contentsOf: target) == Data("new".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["target"])
    }
}
