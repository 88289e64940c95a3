import ArgumentParser
import Foundation
import GAS
import GASFarm

/// `gas farm simulate`: what scaling policies would make of an arrival trace.
struct FarmSimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play arrivals against scaling policies in simulated time.",
        discussion: """
            A trace is a CSV file with lines 'seconds,requests,jobs': what came from then until the next line; the last
            line is '<end>,0,0'. Without one, a pattern is made up. Printed are waiting times, instances and
            instance-hours for each set of policies.
            """)

    @Option(help: "CSV file with the arrivals.")
    var trace: String?

    @Option(help: "Arrivals that are made up instead: \(ArrivalPattern.names).")
    var pattern = ArrivalPattern.diurnal

    @Option(help: "Requests a second of a pattern when it is busiest.")
    var peakRequests = 20.0

    @Option(help: "Jobs a minute of a pattern when it is busiest.")
    var peakJobs = 12.0

    @Option(help: "Sets of policies, separated by commas: 'original', 'adaptive', or the path of a file.")
    var policies = ShippedPolicies.allCases.map(\.rawValue).joined(separator: ",")

    @Option(help: "Decides what is left to chance.")
    var seed: UInt64 = 1

    @Option(help: "Milliseconds of work that a request takes on the average.")
    var requestMilliseconds = 40.0

    @Option(help: "Requests that a web server works on at the same time.")
    var requestPlaces = 4

    @Option(help: "Seconds of work that a job takes on the average.")
    var jobSeconds = 20.0

    @Option(help: "Jobs that an annotator works on at the same time.")
    var jobPlaces = 2

    @Option(help: "Seconds from a decision until an instance is ready.")
    var startupSeconds = 5.0

    @Option(help: "File for every point in time, as CSV.")
    var csv: String?

    @Option(help: "File for a picture, as SVG.")
    var svg: String?

    func validate() throws {
        let positive = [peakRequests, peakJobs, requestMilliseconds, jobSeconds]
        guard positive.allSatisfy({ $0 > 0 && $0 <= 1e6 }), (0...1e6).contains(startupSeconds) else {
            throw ValidationError("Rates and times must be above 0, and at most a million.")
        }
        guard (1...10_000).contains(requestPlaces), (1...10_000).contains(jobPlaces) else {
            throw ValidationError("An instance has 1 to 10000 places.")
        }
    }

    func run() async throws {
        let arrivals = try arrivals()
        let simulation = FarmSimulation(
            trace: arrivals,
            circumstances: .init(
                requestMilliseconds: requestMilliseconds, requestPlaces: requestPlaces, jobSeconds: jobSeconds,
                jobPlaces: jobPlaces, startupSeconds: startupSeconds),
            seed: seed)
        let sets = try policies.split(separator: ",").map { try ScalingPolicies(named: String($0)) }
        let outcomes = sets.map(simulation.play)
        print(SimulationOutcome.table(outcomes))
        if let csv { try Self.write(SimulationOutcome.csv(outcomes), to: csv) }
        if let svg { try Self.write(OutcomePlot(title: "Arrivals: \(arrivals.name)", outcomes: outcomes).svg, to: svg) }
    }

    private func arrivals() throws -> ArrivalTrace {
        guard let trace else { return pattern.trace(peakRequests: peakRequests, peakJobs: peakJobs, seed: seed) }
        guard let content = FileManager.default.contents(atPath: trace) else {
            throw GASError(.invalid, "The trace \(trace) cannot be read.")
        }
        let name = URL(fileURLWithPath: trace).deletingPathExtension().lastPathComponent
        return try ArrivalTrace(csv: String(decoding: content, as: UTF8.self), name: name)
    }

    private static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw GASError(.invalid, "The file \(path) cannot be written.", cause: error)
        }
    }
}

extension ArrivalPattern: ExpressibleByArgument {
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
