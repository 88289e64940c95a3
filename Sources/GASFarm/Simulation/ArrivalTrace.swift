import Foundation
import GAS

/// How many requests and jobs came when.
public struct ArrivalTrace: Sendable, Hashable {
    /// What came from one moment until the next step begins.
    public struct Step: Sendable, Hashable {
        /// Seconds since the beginning.
        public let start: Double
        /// Requests that came.
        public let requests: Int
        /// Jobs that came.
        public let jobs: Int

        /// States it.
        public init(start: Double, requests: Int, jobs: Int) {
            self.start = start
            self.requests = requests
            self.jobs = jobs
        }
    }

    /// What the trace is called.
    public let name: String
    /// In the order of time.
    public let steps: [Step]
    /// When the last step ends, in seconds since the beginning.
    public let end: Double

    /// States a trace.
    public init(name: String, steps: [Step], end: Double) {
        self.name = name
        self.steps = steps
        self.end = end
    }

    /// Longest trace, in steps.
    static let longest = 1_000_000
    /// Most requests, and most jobs, of one step.
    static let most = 100_000_000

    /// Reads a trace: lines `seconds,requests,jobs` with what came from then until the next line. The first line may name
    /// the columns; the last one ends the trace, with counts of 0.
    /// - Throws: `invalid`, naming the line.
    public init(csv: String, name: String) throws {
        var (steps, origin) = ([Step](), 0.0)
        for (index, line) in csv.split(whereSeparator: \.isNewline).enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            if index == 0, fields == ["seconds", "requests", "jobs"] { continue }
            guard fields.count == 3, let time = Double(fields[0]), let requests = Int(fields[1]),
                let jobs = Int(fields[2]), time.isFinite, (0...Self.most).contains(requests),
                (0...Self.most).contains(jobs)
            else {
                throw GASError(.invalid, "Line \(index + 1) of the trace is not 'seconds,requests,jobs': '\(line)'.")
            }
            if steps.isEmpty { origin = time }
            let start = time - origin
            guard start > (steps.last?.start ?? -1), steps.count < Self.longest else {
                throw GASError(
                    .invalid, "Line \(index + 1) of the trace is not later than the line before it, or is one too many."
                )
            }
            steps.append(Step(start: start, requests: requests, jobs: jobs))
        }
        guard let last = steps.last, steps.count >= 2, last.requests == 0, last.jobs == 0 else {
            throw GASError(
                .invalid, "The trace needs at least two lines, the last of which says '<end>,0,0', when it ends.")
        }
        self.init(name: name, steps: Array(steps.dropLast()), end: last.start)
    }

    /// The trace as a file that `init(csv:name:)` reads.
    public var csv: String {
        let lines = steps.map { "\(Self.short($0.start)),\($0.requests),\($0.jobs)" }
        return (["seconds,requests,jobs"] + lines + ["\(Self.short(end)),0,0"]).joined(separator: "\n") + "\n"
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}
