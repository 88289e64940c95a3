import Foundation
import GASIdentity
import Testing

@Suite struct SealTests {
    private let seal = Seal(secret: String(repeating: "k", count: 32))
    private let value = ["token": "canary"]

    @Test func whatWasClosedIsOpened() throws {
        let closed = try seal.close(value, for: "test")
        #expect(seal.open(closed, as: [String: String].self, for: "test") == value)
        #expect(!closed.contains("canary"))
        #expect(closed.utf8.allSatisfy { $0 < 128 && !"+/=; ,\"".utf8.contains($0) })
    }

    @Test func twoAreNeverAlike() throws {
        let both = try (0..<2).map { _ in try seal.close(value, for: "test") }
        #expect(both[0] != both[1])
    }

    @Test func noOtherPurposeOrKeyOpensIt() throws {
        let closed = try seal.close(value, for: "test")
        #expect(seal.open(closed, as: [String: String].self, for: "other") == nil)
        let other = Seal(secret: String(repeating: "k", count: 31) + "x")
        #expect(other.open(closed, as: [String: String].self, for: "test") == nil)
        #expect(seal.open(closed, as: [Int].self, for: "test") == nil)
    }

    @Test func everyChangeIsNoticed() throws {
        let closed = Array(try seal.close(value, for: "test"))
        // Of the last character some bits may stand for nothing.
        for index in closed.indices.dropLast() {
            var changed = closed
            changed[index] = changed[index] == "A" ? "B" : "A"
            #expect(seal.open(String(changed), as: [String: String].self, for: "test") == nil, "\(index)")
        }
        for text in ["", "A", "AAAA", String(repeating: "A", count: 40), "not base64!", String(closed) + "="] {
            #expect(seal.open(text, as: [String: String].self, for: "test") == nil)
        }
    }
}
