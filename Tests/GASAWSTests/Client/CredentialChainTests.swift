import Foundation
import GAS
import GASAWS
import GASTesting
import Synchronization
import Testing

/// Which source is asked, and when it is asked again.
@Suite(.timeLimit(.minutes(1)))
struct CredentialChainTests {
    @Test func theFirstInUseIsTaken() async throws {
        let none = CredentialSource(name: "nothing") { nil }
        let first = CredentialSource(name: "first") { AWSCredentials(accessKeyID: "first", secretAccessKey: "a") }
        let second = CredentialSource(name: "second") { AWSCredentials(accessKeyID: "second", secretAccessKey: "a") }
        let clock = ManualClock()
        #expect(
            try await CredentialChain(sources: [none, first, second], clock: clock).credentials().accessKeyID == "first"
        )
        let error = await #expect(throws: GASError.self) {
            try await CredentialChain(sources: [none], clock: clock).credentials()
        }
        #expect(error?.message.contains("nothing") == true)
    }

    @Test func refreshedBeforeTheyEnd() async throws {
        let clock = ManualClock()
        let source = CountingSource(clock: clock, lifetime: 3600)
        let chain = CredentialChain(sources: [source.source], clock: clock)
        #expect(try await chain.credentials().accessKeyID == "key1")
        clock.advance(seconds: 3299)
        #expect(try await chain.credentials().accessKeyID == "key1")
        clock.advance(seconds: 2)
        #expect(try await chain.credentials().accessKeyID == "key2")
        // What is about to end serves as long as nothing newer comes, and no longer.
        source.fail()
        clock.advance(seconds: 3500)
        #expect(try await chain.credentials().accessKeyID == "key2")
        clock.advance(seconds: 101)
        await #expect(throws: GASError.self) { try await chain.credentials() }
    }

    @Test func fetchedOnceForAll() async throws {
        let clock = ManualClock()
        let source = CountingSource(clock: clock, lifetime: 3600)
        let chain = CredentialChain(sources: [source.source], clock: clock)
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await chain.credentials().accessKeyID } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(names == ["key1"])
    }
}

/// Gives other credentials each time, until it is told to fail.
private final class CountingSource: Sendable {
    private let state = Mutex((count: 0, fails: false))
    private let clock: ManualClock
    private let lifetime: Double

    init(clock: ManualClock, lifetime: Double) {
        self.clock = clock
        self.lifetime = lifetime
    }

    func fail() { state.withLock { $0.fails = true } }

    var source: CredentialSource {
        CredentialSource(name: "a test") { [self] in
            let number = try state.withLock { state in
                guard !state.fails else { throw GASError(.unavailable, "A test made this fail.") }
                state.count += 1
                return state.count
            }
            return AWSCredentials(
                accessKeyID: "key\(number)", secretAccessKey: "a", sessionToken: "b",
                expires: clock.now.addingTimeInterval(lifetime))
        }
    }
}
