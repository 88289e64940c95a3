import ArgumentParser
import Foundation
import GASSimulation

/// `gas-simulate`: tells histories of a service in bad weather, and stops at the first in which a rule is broken.
@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gas-simulate",
        abstract: "Simulate the life of results: archive, restore and thaw under faults.",
        discussion: "'gas-simulate --seed N' replays one history and prints every step.")

    @Option(help: "Tell this one history, step by step.")
    var seed: UInt64?

    @Option(help: "Tell so many histories.")
    var count: UInt64 = 10_000

    @Option(help: "The first seed of many.")
    var from: UInt64 = 1

    func run() async throws {
        do {
            if let seed {
                var history = History(seed: seed) { print($0) }
                print("No rule was broken: \(try await history.run())")
            } else {
                try await runMany()
            }
        } catch let violation as History.Violation {
            FileHandle.standardError.write(
                Data("\(violation)\nReplay it with: gas-simulate --seed \(violation.seed)\n".utf8))
            throw ExitCode.failure
        }
    }

    private func runMany() async throws {
        let start = ContinuousClock.now
        let totals = try await Histories.run(seeds: from..<(from + count))
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(
            "\(count) histories, \(totals.steps) steps, \(totals.moves) moves of results: no rule was broken.")
        print(String(format: "%.0f histories a second.", Double(count) / seconds))
    }
}
