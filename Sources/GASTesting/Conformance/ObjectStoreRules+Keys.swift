import Foundation
import GAS
import Testing

extension ObjectStoreRules {
    func anyKey() async throws {
        // The two accented letters look the same and are different bytes.
        let names = [
            "../../etc/passwd", "a b", "a+b", "a%20b", "a&b=c?d#e", "'quoted' \"twice\"", "\\", "*", "_", "%",
            "é", "e\u{301}", "染色体", "🧬", ".", "A", "a", "--", "<script>", String(repeating: "long", count: 200),
        ]
        for (index, name) in names.enumerated() {
            _ = try await store.put(Data("\(index)".utf8), at: location(name))
        }
        for (index, name) in names.enumerated() {
            #expect(try await store.get(location(name), limit: 10) == Data("\(index)".utf8))
        }
        #expect(try await store.list(bucket: bucket, prefix: prefix, after: nil, limit: 100).count == names.count)
    }

    func list() async throws {
        let names = ["z", "a/1", "a/2", "a/10", "a", "b%", "b_", "é", "Z"]
        for name in names { _ = try await store.put(Data(name.utf8), at: location(name)) }
        let inOrder = ["Z", "a", "a/1", "a/10", "a/2", "b%", "b_", "z", "é"].map { location($0).key }
        func keys(_ prefix: String, after key: String? = nil, limit: Int = 100) async throws -> [String] {
            try await store.list(bucket: bucket, prefix: self.prefix + prefix, after: key, limit: limit)
                .map(\.location.key)
        }
        #expect(try await keys("/") == inOrder)
        #expect(try await keys("/a/") == inOrder.filter { $0.hasPrefix("\(prefix)/a/") })
        #expect(try await keys("/b_") == [location("b_").key])
        #expect(try await keys("/nothing").isEmpty)
        #expect(try await keys("/", limit: 4) == Array(inOrder.prefix(4)))
        #expect(try await keys("/", after: inOrder[3], limit: 4) == Array(inOrder[4..<8]))
        #expect(try await keys("/", after: inOrder[8]).isEmpty)
        #expect(try await keys("/a/", after: inOrder[3]) == [inOrder[4]])
        #expect(try await store.list(bucket: "\(bucket)-other", prefix: prefix, after: nil, limit: 1).isEmpty)
    }

    private func version(_ number: Int) -> Data { Data(repeating: UInt8(number), count: 200_000 + number) }

    private func isWhole(_ bytes: Data) -> Bool { bytes.first.map { version(Int($0)) == bytes } ?? false }

    func parallelWrites() async throws {
        _ = try await inParallel(10) { number in try await store.put(version(number), at: location()) }
        let bytes = try await store.get(location(), limit: 1_000_000)
        #expect(isWhole(bytes))
        #expect(try await store.metadata(location())?.size == bytes.count)
    }

    func readsDuringWrites() async throws {
        _ = try await store.put(version(0), at: location())
        let results = try await inParallel(4) { reader in
            var whole = true
            for number in 1...10 {
                if reader == 0 {
                    _ = try await store.put(version(number), at: location())
                } else {
                    let bytes = try await store.get(location(), limit: 1_000_000)
                    whole = whole && isWhole(bytes)
                }
            }
            return whole
        }
        #expect(results == [true, true, true, true])
        #expect(try await store.get(location(), limit: 1_000_000) == version(10))
    }
}
