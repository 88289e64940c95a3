import GASSimulation
import Testing

@Suite struct HistoryTests {
    /// Few, so that the tests beside this one get their share of the processors; `make test-histories` tells ten
    /// thousand. A failure names its seed; replay it with `gas-simulate --seed N`.
    @Test func noHistoryBreaksARule() async throws {
        let totals = try await Histories.run(seeds: 1..<301)
        #expect(totals.moves > 300, "the histories move results about")
    }

    @Test func aSeedTellsTheSameHistoryAgain() async throws {
        for seed in [7, 1234] as [UInt64] {
            var first: [String] = []
            var second: [String] = []
            var history = History(seed: seed) { first.append($0) }
            _ = try await history.run()
            history = History(seed: seed) { second.append($0) }
            _ = try await history.run()
            #expect(first == second)
            #expect(first.count > 100)
        }
    }
}
