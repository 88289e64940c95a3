import ArgumentParser
import Foundation
import GAS
import GASAWS

/// `gas doctor`: looks at everything that the service depends on.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything that the settings name, and say what is wrong and what to do.",
        discussion: """
            Whether it can be reached, permits what the service does, and has the right shape. What is there is not changed: \
            objects that are written to try a store are removed again. The status is 0 when all is well.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try await options.read()
        var (well, wrong) = (0, 0)
        for finding in await Checkup(configuration).findings() {
            if finding.problems.isEmpty { well += 1 } else { wrong += 1 }
            print(finding.text)
        }
        print(wrong == 0 ? "All \(well) are well." : "\(well) are well, \(wrong) not.")
        if wrong > 0 { throw ExitCode.failure }
    }
}

/// What was found out about one thing that the service depends on.
struct Finding: Sendable {
    /// What was looked at.
    let name: String
    /// What is wrong with it, each the end of a sentence that begins with the name; empty when all is well.
    var problems: [String] = []
    /// What to do about it.
    var remedy = ""
    /// What may be meant so, but should be known; each the end of such a sentence.
    var remarks: [String] = []

    var text: String {
        let notes = remarks.map { sentence("note   ", $0) }
        guard !problems.isEmpty else { return (["well   \(name)"] + notes).joined(separator: "\n") }
        let lines = problems.map { sentence("wrong  ", $0) }
        return (lines + (remedy.isEmpty ? [] : ["       \(remedy)"]) + notes).joined(separator: "\n")
    }

    private func sentence(_ mark: String, _ end: String) -> String {
        "\(mark)\(name) \(end)\(end.hasSuffix(".") ? "" : ".")"
    }

    /// Looks at something.
    /// - Parameter look: returns what is wrong; an error is, too.
    static func of(_ name: String, remedy: String, _ look: () async throws -> [String]) async -> Finding {
        do {
            return Finding(name: name, problems: try await look(), remedy: remedy)
        } catch let error as GASError {
            // Whoever runs this may read the log, too, for which the cause is meant.
            let cause = error.cause.map { " (\($0))" } ?? ""
            return Finding(
                name: name, problems: ["cannot be used: \(error.message)\(cause)"],
                remedy: (error.underlying as? any Remediable)?.remedy ?? remedy)
        } catch {
            return Finding(name: name, problems: ["cannot be used: \(error)"], remedy: remedy)
        }
    }
}
