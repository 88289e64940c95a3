import Foundation
import GAS
import GASFarm
import Testing

@Suite("The simulator of farms")
struct SimulationTests {
    private func circumstances(
        request: Double = 40, job: Double = 20, startup: Double = 5
    ) -> FarmSimulation.Circumstances {
        .init(requestMilliseconds: request, requestPlaces: 4, jobSeconds: job, jobPlaces: 2, startupSeconds: startup)
    }

    private func play(
        _ trace: ArrivalTrace, _ set: ShippedPolicies, _ circumstances: FarmSimulation.Circumstances, seed: UInt64 = 1
    ) throws -> SimulationOutcome {
        FarmSimulation(trace: trace, circumstances: circumstances, seed: seed).play(try set.policies())
    }

    @Test("The same seed gives the same outcome, another one another", arguments: ArrivalPattern.allCases)
    func deterministic(_ pattern: ArrivalPattern) throws {
        func outcome(_ seed: UInt64) throws -> SimulationOutcome {
            let trace = pattern.trace(peakRequests: 1, peakJobs: 4, seed: seed)
            return try play(trace, .adaptive, circumstances(), seed: seed)
        }
        #expect(try outcome(7) == outcome(7))
        #expect(try outcome(7) != outcome(8))
    }

    @Test("Every pattern reaches the peak that was asked for", arguments: ArrivalPattern.allCases)
    func peak(_ pattern: ArrivalPattern) {
        let busiest = pattern.trace(peakRequests: 100, peakJobs: 6000, seed: 9).steps.map(\.requests).max() ?? 0
        // 6000 a minute on the average, 77 the standard deviation; the largest of some hundred minutes is not below.
        #expect((6000...6500).contains(busiest))
    }

    @Test("A steady pattern stays at its peak")
    func steady() {
        let trace = ArrivalPattern.steady.trace(peakRequests: 10, peakJobs: 6, seed: 5)
        let (requests, jobs) = (trace.steps.map(\.requests).reduce(0, +), trace.steps.map(\.jobs).reduce(0, +))
        // Four hours: five standard deviations of 144,000 and of 1,440.
        #expect((142_100...145_900).contains(requests))
        #expect((1250...1630).contains(jobs))
    }

    @Test("Every task that came was served or still waits")
    func nothingIsLost() throws {
        let trace = ArrivalPattern.burst.trace(peakRequests: 5, peakJobs: 60, seed: 3)
        let outcome = try play(trace, .original, circumstances(job: 60))
        #expect(Int(outcome.web.waits.count) + outcome.web.left == trace.steps.reduce(0) { $0 + $1.requests })
        #expect(Int(outcome.annotators.waits.count) + outcome.annotators.left == trace.steps.reduce(0) { $0 + $1.jobs })
    }

    @Test("A farm that never changes costs its minimum, and waits as queueing theory says")
    func idle() throws {
        let steps = (0..<600).map { ArrivalTrace.Step(start: Double($0) * 60, requests: 0, jobs: 4) }
        let trace = ArrivalTrace(name: "forty an hour", steps: steps, end: 36_000)
        let outcome = try play(trace, .original, circumstances(job: 5))
        #expect(outcome.web.instanceHours == 20)
        #expect(outcome.web.waits.count == 0)
        #expect(outcome.annotators.largest == 2)
        // Four places, a third of one busy: a wait is one in thousands (Erlang's formula C gives 0.0004).
        #expect((outcome.annotators.waits.mean ?? 1) < 0.02)
    }

    @Test("An overloaded group keeps its maximum and its queue grows")
    func overload() throws {
        let steps = (0..<60).map { ArrivalTrace.Step(start: Double($0) * 60, requests: 60, jobs: 120) }
        let trace = ArrivalTrace(name: "flood", steps: steps, end: 3600)
        for set in ShippedPolicies.allCases {
            let outcome = try play(trace, set, circumstances(job: 60))
            #expect(outcome.annotators.largest == 10)
            // Twenty places do twenty jobs a minute; a hundred and twenty come.
            #expect((5500...6600).contains(outcome.annotators.left))
        }
    }

    @Test("A trace that was written is read again as it was")
    func traces() throws {
        let trace = ArrivalPattern.steady.trace(peakRequests: 3, peakJobs: 2, seed: 5)
        #expect(try ArrivalTrace(csv: trace.csv, name: "steady") == trace)
        let shifted = try ArrivalTrace(csv: "100,5,1\n160,7,0\n220,0,0\n", name: "shifted")
        #expect(shifted.steps == [.init(start: 0, requests: 5, jobs: 1), .init(start: 60, requests: 7, jobs: 0)])
        #expect(shifted.end == 120)
    }

    @Test(
        "A trace that makes no sense is refused, naming the line",
        arguments: [
            ("", "two lines"), ("0,1,1\n", "two lines"), ("0,1,1\n60,1,0\n", "0,0"), ("0,1\n", "Line 1"),
            ("seconds,requests,jobs\n0,1,1\n0,0,0\n", "Line 3"), ("0,-1,1\n60,0,0\n", "Line 1"),
            ("x,1,1\n60,0,0\n", "Line 1"), ("nan,1,1\n60,0,0\n", "Line 1"),
        ])
    func badTraces(_ csv: String, _ word: String) {
        #expect { try ArrivalTrace(csv: csv, name: "bad") } throws: {
            ($0 as? GASError)?.message.contains(word) ?? false
        }
    }

    @Test("The picture and the tables name what they show")
    func pictures() throws {
        let trace = ArrivalPattern.burst.trace(peakRequests: 1, peakJobs: 10, seed: 1)
        let outcomes = try ShippedPolicies.allCases.map { try play(trace, $0, circumstances()) }
        let svg = OutcomePlot(title: "a < b & \"c\"", outcomes: outcomes).svg
        let parser = XMLCheck()
        #expect(parser.isWellFormed(svg))
        #expect(svg.contains("adaptive") && svg.contains("a &lt; b &amp;"))
        #expect(svg.components(separatedBy: "<polyline").count - 1 == 10)
        let table = SimulationOutcome.table(outcomes)
        #expect(table.split(separator: "\n").count == 5)
        let csv = SimulationOutcome.csv(outcomes)
        #expect(csv.split(separator: "\n").count == 1 + 4 * 6 * 360)
    }
}

/// Whether tags are closed in the order in which they were opened.
private struct XMLCheck {
    func isWellFormed(_ text: String) -> Bool {
        var open: [Substring] = []
        for tag in text.matches(of: /<(\/?)([a-z]+)[^<>]*?(\/?)>/) {
            if !tag.1.isEmpty {
                guard open.popLast() == tag.2 else { return false }
            } else if tag.3.isEmpty {
                open.append(tag.2)
            }
        }
        return open.isEmpty
    }
}
