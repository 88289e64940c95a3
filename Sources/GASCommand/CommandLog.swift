import Foundation
import GAS

/// The log of a command for people: what was run, how it ended, and what it said, with our folder's path taken out.
struct CommandLog {
    let settings: CommandEngineSettings
    let task: AnnotationTask
    let folder: String
    let messages: String

    /// The program's name without its path.
    var program: String { settings.template.words.first?.split(separator: "/").last.map(String.init) ?? "" }

    /// Why there is no result, in a sentence for the job's owner.
    func reason(_ ending: CommandEngine.Ending) -> String {
        switch ending {
        case .timeOut:
            return "\(program) did not end within \(Int(settings.timeLimit)) seconds and was stopped."
        case .ended(let status):
            let last = said().split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
            let how = status < 128 ? "ended with status \(status)" : "was ended by signal \(status - 128)"
            return "\(program) \(how)" + (last.map { ": \($0.prefix(300))" } ?? ".")
        }
    }

    /// Writes the log.
    func write(outcome: String, summary: ResultSummary?) throws {
        var lines = [
            "GAS ran \(program) on \(task.inputName)", "Command    \(settings.template.words.joined(separator: " "))",
            "Outcome    \(outcome)",
        ]
        if let summary {
            lines.append("Records    \(summary.records)")
            lines.append("Alleles    \(summary.alleles)")
        }
        lines += ["", "What it said:", said()]
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: task.log))
    }

    /// The end of what was said is worth more than its beginning.
    private func said() -> String {
        guard let file = FileHandle(forReadingAtPath: messages) else { return "" }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        let limit = UInt64(settings.logLimit)
        try? file.seek(toOffset: size > limit ? size - limit : 0)
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
            .replacing(folder + "/", with: "").replacing(folder, with: ".")
        return size > limit ? "[...]\n" + text : text
    }
}
