import Foundation
import GAS
import GASFarm
import Testing

/// Recorded series, played through the evaluator as the farm would do it.
@Suite("The scaling evaluator")
struct EvaluatorTests {
    /// What was measured in one minute.
    private struct Minute {
        var successes: Double = 0
        var milliseconds: Double?
        var messages: Double = 0
        var utilisation: Double?
        var backlog: Double = 0
        var oldest: Double = 0
    }

    /// Plays minutes one after the other, looking at the alarms at the end of each.
    /// - Returns: the sizes of a group after each minute, and what was decided.
    private func play(
        _ minutes: [Minute], _ set: ShippedPolicies, role: FarmRole, from start: Int = 2
    ) throws -> (sizes: [Int], decisions: [ScalingDecision]) {
        let evaluator = ScalingEvaluator(try set.policies())
        var (book, activities) = (SampleBook(), [FarmRole: ScalingActivity]())
        var sizes: [FarmRole: Int] = [.web: 2, .annotator: 2, .utility: 1]
        sizes[role] = start
        var (seen, decisions) = ([Int](), [ScalingDecision]())
        for (index, minute) in minutes.enumerated() {
            let now = AlarmTests.at(Double(index + 1) * 60)
            book.record(.webSuccesses, minute.successes, at: now)
            book.record(.messagesSent, minute.messages, at: now)
            book.record(.backlogPerInstance, minute.backlog, at: now)
            book.record(.oldestMessageAge, minute.oldest, at: now)
            if let time = minute.milliseconds { book.record(.webResponseTime, time, at: now) }
            if let share = minute.utilisation { book.record(.webUtilisation, share, at: now) }
            let verdict = evaluator.verdict(book, sizes: sizes, activities: activities, at: now)
            activities = verdict.activities
            for decision in verdict.decisions { sizes[decision.role] = decision.to }
            decisions += verdict.decisions.filter { $0.role == role }
            seen.append(sizes[role] ?? 0)
        }
        return (seen, decisions)
    }

    @Test("Web servers are added by successful responses, one each five minutes, up to ten")
    func webOut() throws {
        let (sizes, decisions) = try play(
            Array(repeating: Minute(successes: 201, milliseconds: 40), count: 60), .original, role: .web)
        #expect(Array(sizes.prefix(11)) == [3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5])
        #expect(sizes.last == 10)
        #expect(decisions.count == 8)
        #expect(decisions.allSatisfy { $0.policy == "web-out" && $0.to == $0.from + 1 })
        #expect(
            decisions.first?.reason == "successful responses (Sum of 60 s) > 200: 201", "the decision says why")
    }

    @Test("Exactly 200 responses add none, and exactly 10 ms remove none")
    func webThresholds() throws {
        let (sizes, _) = try play(
            Array(repeating: Minute(successes: 200, milliseconds: 10), count: 20), .original, role: .web, from: 5)
        #expect(Set(sizes) == [5])
    }

    @Test("Web servers are removed by quick answers and by silence, down to two")
    func webIn() throws {
        let quick = try play(
            Array(repeating: Minute(successes: 5, milliseconds: 9.9), count: 60), .original, role: .web, from: 5)
        #expect(Array(quick.sizes.prefix(6)) == [4, 4, 4, 4, 4, 3])
        #expect(quick.sizes.last == 2)
        let silence = try play(Array(repeating: Minute(), count: 60), .original, role: .web, from: 5)
        #expect(silence.sizes == quick.sizes)
    }

    @Test("While more is needed nothing is removed")
    func outWins() throws {
        let (sizes, decisions) = try play(
            Array(repeating: Minute(successes: 500, milliseconds: 1), count: 30), .original, role: .web)
        #expect(sizes.last == 8)
        #expect(decisions.allSatisfy { $0.to > $0.from })
    }

    @Test("Annotators follow the messages of ten minutes")
    func annotators() throws {
        let burst = [Minute(messages: 51)] + Array(repeating: Minute(), count: 40)
        let (sizes, decisions) = try play(burst, .original, role: .annotator)
        // 51 messages stay in the window for ten minutes: two cooldowns of five.
        #expect(Array(sizes.prefix(6)) == [3, 3, 3, 3, 3, 4])
        #expect(Array(sizes[9...10]) == [4, 3])
        #expect(sizes.last == 2)
        #expect(decisions.map(\.policy) == ["annotators-out", "annotators-out", "annotators-in", "annotators-in"])
        let steady = try play(Array(repeating: Minute(messages: 5), count: 40), .original, role: .annotator, from: 3)
        #expect(steady.sizes[15...].allSatisfy { $0 == 3 }, "50 in ten minutes are not more than 50, nor less than 5")
    }

    @Test("A flood of messages brings many annotators at once, and they stay until it is over")
    func flood() throws {
        let series =
            [Minute(backlog: 30, oldest: 20)] + Array(repeating: Minute(backlog: 2, oldest: 5), count: 10)
            + Array(repeating: Minute(backlog: 0.2), count: 30)
        let (sizes, decisions) = try play(series, .adaptive, role: .annotator)
        #expect(sizes[0] == 6)
        #expect(sizes[10] == 6, "busy ones are not taken away")
        #expect(sizes[14] == 6 && sizes[15] == 5, "five idle minutes")
        #expect(sizes.last == 2)
        #expect(decisions.first?.policy == "annotators-out-flood")
    }

    @Test("Slow answers bring two web servers, busy ones one; idle ones go")
    func adaptiveWeb() throws {
        let slow = try play([Minute(milliseconds: 501, utilisation: 0.7)], .adaptive, role: .web)
        #expect(slow.decisions.map(\.policy) == ["web-out-slow"])
        #expect(slow.sizes == [4])
        let busy = try play([Minute(milliseconds: 40, utilisation: 0.7)], .adaptive, role: .web)
        #expect(busy.sizes == [3])
        let idle = try play(
            Array(repeating: Minute(milliseconds: 4, utilisation: 0.1), count: 20), .adaptive, role: .web, from: 6)
        #expect(Array(idle.sizes.prefix(8)) == [6, 6, 6, 6, 5, 5, 4, 4])
        #expect(idle.sizes.last == 2)
        let unknown = try play(Array(repeating: Minute(), count: 20), .adaptive, role: .web, from: 6)
        #expect(Set(unknown.sizes) == [6], "nothing measured is no reason to remove")
    }

    @Test("A cooldown ends to the second")
    func cooldown() throws {
        let evaluator = ScalingEvaluator(try ShippedPolicies.original.policies())
        var book = SampleBook()
        book.record(.webSuccesses, 1000, at: AlarmTests.noon)
        let sizes: [FarmRole: Int] = [.web: 3, .annotator: 2, .utility: 1]
        func decided(_ seconds: Double) -> [ScalingDecision] {
            let last = ScalingActivity(time: AlarmTests.at(-seconds), cooldownSeconds: 300)
            return evaluator.verdict(book, sizes: sizes, activities: [.web: last], at: AlarmTests.noon).decisions
        }
        #expect(decided(299.9).isEmpty)
        #expect(decided(300).map(\.to) == [4])
    }

    @Test("Sizes outside the bounds are mended at once, without a policy")
    func bounds() throws {
        let evaluator = ScalingEvaluator(try ShippedPolicies.original.policies())
        let last = ScalingActivity(time: AlarmTests.noon, cooldownSeconds: 300)
        let verdict = evaluator.verdict(
            SampleBook(), sizes: [.web: 0, .annotator: 11, .utility: 1], activities: [.web: last],
            at: AlarmTests.noon)
        #expect(verdict.decisions.map(\.to) == [2, 10])
        #expect(verdict.decisions.allSatisfy { $0.policy == nil })
        #expect(verdict.activities == [.web: last], "a cooldown counts from what a policy did")
    }
}
