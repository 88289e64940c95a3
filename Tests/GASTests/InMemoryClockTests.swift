import Foundation
import GAS
import GASTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct InMemoryClockTests {
    private let clock = ManualClock()

    @Test func itMovesOnlyWhenMoved() {
        let start = clock.now
        #expect(clock.now == start)
        clock.advance(seconds: 1.5)
        #expect(clock.now.timeIntervalSince(start) == 1.5)
    }

    @Test func sleepersWakeWhenTheirTimeHasCome() async throws {
        let start = clock.now
        try await clock.sleep(until: start)
        async let early: Void = clock.sleep(seconds: 10)
        async let late: Void = clock.sleep(seconds: 20)
        while clock.sleepers < 2 { await Task.yield() }
        #expect(clock.nextDeadline == start.addingTimeInterval(10))
        clock.advance(seconds: 9)
        #expect(clock.sleepers == 2)
        clock.advance(seconds: 1)
        try await early
        #expect(clock.nextDeadline == start.addingTimeInterval(20))
        clock.advance(seconds: 100)
        try await late
        #expect(clock.nextDeadline == nil)
    }

    @Test func aCancelledSleeperWakesWithAnError() async throws {
        let sleeper = Task { [clock] in try await clock.sleep(seconds: 10) }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(clock.sleepers == 0)
    }
}
