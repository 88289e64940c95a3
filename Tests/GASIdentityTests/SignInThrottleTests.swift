import GASIdentity
import GASTesting
import Testing

@Suite struct SignInThrottleTests {
    private let clock = ManualClock()

    @Test func failuresMakeASourceWait() {
        let throttle = SignInThrottle(limit: 3, window: 60, clock: clock)
        for _ in 0..<3 { #expect(throttle.take(from: "a") == nil) }
        #expect(throttle.take(from: "a") == 60)
        #expect(throttle.take(from: "b") == nil)
        clock.advance(seconds: 59)
        #expect(throttle.take(from: "a") == 1)
        clock.advance(seconds: 1)
        #expect(throttle.take(from: "a") == nil)
    }

    @Test func aTryThatIsGivenBackDoesNotCount() {
        let throttle = SignInThrottle(limit: 2, window: 60, clock: clock)
        for _ in 0..<5 {
            #expect(throttle.take(from: "a") == nil)
            throttle.giveBack(to: "a")
        }
        throttle.giveBack(to: "a")
        for _ in 0..<2 { #expect(throttle.take(from: "a") == nil) }
        #expect(throttle.take(from: "a") == 60)
        throttle.giveBack(to: "a")
        #expect(throttle.take(from: "a") == nil)
        #expect(throttle.take(from: "a") == 60)
    }

    @Test func successForgetsFailures() {
        let throttle = SignInThrottle(limit: 2, window: 60, clock: clock)
        for _ in 0..<2 { _ = throttle.take(from: "a") }
        throttle.noteSuccess(of: "a")
        #expect(throttle.take(from: "a") == nil)
    }

    @Test func triesAtTheSameTimeDoNotPassTheLimitTogether() async {
        let throttle = SignInThrottle(limit: 10, window: 60, clock: clock)
        let granted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { throttle.take(from: "a") == nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(granted == 10)
    }

    @Test func aFloodOfSourcesDoesNotFillMemoryNorForgiveTheLatest() {
        let throttle = SignInThrottle(limit: 1, window: 3600, clock: clock)
        for number in 0..<20_001 {
            if number % 1000 == 0 { clock.advance(seconds: 1) }
            _ = throttle.take(from: "source \(number)")
        }
        #expect(throttle.take(from: "source 20000") != nil)
        #expect(throttle.take(from: "source 0") == nil)
    }
}
