import Foundation
import GAS

/// Plays a trace of arrivals against scaling policies, in simulated time. The same trace, policies, circumstances and
/// seed give the same outcome.
public struct FarmSimulation: Sendable {
    /// What a farm is made of.
    public struct Circumstances: Sendable, Hashable {
        /// Milliseconds of work that a request takes on the average.
        public var requestMilliseconds: Double
        /// Requests that a web server works on at the same time.
        public var requestPlaces: Int
        /// Seconds of work that a job takes on the average.
        public var jobSeconds: Double
        /// Jobs that an annotator works on at the same time.
        public var jobPlaces: Int
        /// Seconds from a decision until an instance is ready.
        public var startupSeconds: Double

        /// States them.
        public init(
            requestMilliseconds: Double, requestPlaces: Int, jobSeconds: Double, jobPlaces: Int, startupSeconds: Double
        ) {
            self.requestMilliseconds = requestMilliseconds
            self.requestPlaces = requestPlaces
            self.jobSeconds = jobSeconds
            self.jobPlaces = jobPlaces
            self.startupSeconds = startupSeconds
        }
    }

    /// What came when.
    public let trace: ArrivalTrace
    /// What the farm is made of.
    public let circumstances: Circumstances
    /// Decides what is left to chance.
    public let seed: UInt64

    /// Prepares plays of a trace.
    public init(trace: ArrivalTrace, circumstances: Circumstances, seed: UInt64) {
        self.trace = trace
        self.circumstances = circumstances
        self.seed = seed
    }

    /// Plays the trace.
    public func play(_ policies: ScalingPolicies) -> SimulationOutcome {
        var run = Run(policies, circumstances, seed: seed)
        var chance = SplitMix64(seed: seed)
        for (index, step) in trace.steps.enumerated() {
            let end = index + 1 < trace.steps.count ? trace.steps[index + 1].start : trace.end
            let requests = Self.times(step.requests, from: step.start, to: end, &chance)
            let jobs = Self.times(step.jobs, from: step.start, to: end, &chance)
            run.go(until: end, requests: requests, jobs: jobs)
        }
        return run.outcome(trace: trace.name)
    }

    /// So many moments by chance, in order.
    private static func times(_ count: Int, from start: Double, to end: Double, _ chance: inout SplitMix64) -> [Double]
    {
        (0..<count).map { _ in Double.random(in: start..<end, using: &chance) }.sorted()
    }
}

extension FarmSimulation {
    /// One play under way.
    private struct Run {
        let evaluator: ScalingEvaluator
        var web: Station
        var annotators: Station
        var book = SampleBook()
        var activities: [FarmRole: ScalingActivity] = [:]
        var nextLook: Double
        var outcome: SimulationOutcome

        init(_ policies: ScalingPolicies, _ circumstances: Circumstances, seed: UInt64) {
            evaluator = ScalingEvaluator(policies)
            web = Station(
                places: circumstances.requestPlaces, startup: circumstances.startupSeconds,
                serviceSeconds: circumstances.requestMilliseconds / 1000, size: policies.group(.web).minimum,
                chance: SplitMix64(seed: seed &+ 1))
            annotators = Station(
                places: circumstances.jobPlaces, startup: circumstances.startupSeconds,
                serviceSeconds: circumstances.jobSeconds, size: policies.group(.annotator).minimum,
                chance: SplitMix64(seed: seed &+ 2))
            nextLook = policies.evaluationSeconds
            outcome = SimulationOutcome(policies: policies.name)
        }

        mutating func go(until end: Double, requests: [Double], jobs: [Double]) {
            var (requests, jobs) = (requests[...], jobs[...])
            while true {
                let stop = min(end, nextLook)
                web.run(until: stop, arrivals: Self.take(&requests, until: stop))
                annotators.run(until: stop, arrivals: Self.take(&jobs, until: stop))
                guard nextLook <= end else { return }
                look()
            }
        }

        private static func take(_ times: inout ArraySlice<Double>, until end: Double) -> ArraySlice<Double> {
            let taken = times.prefix { $0 <= end }
            times = times.dropFirst(taken.count)
            return taken
        }

        private mutating func look() {
            let now = Date(timeIntervalSince1970: nextLook)
            let (requests, jobs) = (web.takeStretch(), annotators.takeStretch())
            book.record(.webSuccesses, requests.responses.count, at: now)
            for sample in requests.responses.samples(at: now) {
                book.record(
                    .webResponseTime, Sample(time: now, value: sample.value * 1000, count: sample.count))
            }
            book.record(.webUtilisation, requests.busySeconds / max(1e-9, requests.readySeconds), at: now)
            book.record(.messagesSent, Double(jobs.arrivals), at: now)
            book.record(.backlogPerInstance, annotators.backlogPerInstance, at: now)
            book.record(.oldestMessageAge, annotators.oldest, at: now)
            let verdict = evaluator.verdict(
                book, sizes: [.web: web.size, .annotator: annotators.size, .utility: 1], activities: activities,
                at: now)
            activities = verdict.activities
            for decision in verdict.decisions {
                outcome.note(decision)
                if decision.role == .web { web.resize(to: decision.to) }
                if decision.role == .annotator { annotators.resize(to: decision.to) }
            }
            outcome.web.add(requests, web, at: nextLook)
            outcome.annotators.add(jobs, annotators, at: nextLook)
            book.forget(through: now.addingTimeInterval(-evaluator.policies.horizon))
            nextLook += evaluator.policies.evaluationSeconds
        }

        func outcome(trace: String) -> SimulationOutcome {
            var outcome = outcome
            outcome.web.finish(web)
            outcome.annotators.finish(annotators)
            return outcome
        }
    }
}
