import GASIdentity
import GASTesting
import Testing

@Suite struct SignInThrottleTests {
    private let clock = ManualClock()

    @Test func failuresMakeASourceWait() {
        let throttle = SignInThrottle(limit: 3, window: 60, clock: clock)
        for _ in 0..<2 { throttle.noteFailure(of: "a") }
        #expect(throttle.wait(for: "a") == nil)
        throttle.noteFailure(of: "a")
        #expect(throttle.wait(for: "a") == 60)
        #expect(throttle.wait(for: "b") == nil)
        clock.advance(seconds: 59)
        #expect(throttle.wait(for: "a") == 1)
        clock.advance(seconds: 1)
        #expect(throttle.wait(for: "a") == nil)
    }

    @Test func successForgetsFailures() {
        let throttle = SignInThrottle(limit: 2, window: 60, clock: clock)
        throttle.noteFailure(of: "a")
        throttle.noteSuccess(of: "a")
        throttle.noteFailure(of: "a")
        #expect(throttle.wait(for: "a") == nil)
    }

    @Test func aFloodOfSourcesDoesNotFillMemoryNorForgiveTheLatest() {
        let throttle = SignInThrottle(limit: 1, window: 3600, clock: clock)
        for number in 0..<20_001 {
            if number % 1000 == 0 { clock.advance(seconds: 1) }
            throttle.noteFailure(of: "source \(number)")
        }
        #expect(throttle.wait(for: "source 20000") != nil)
        #expect(throttle.wait(for: "source 0") == nil)
    }
}
