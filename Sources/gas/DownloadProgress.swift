import Foundation
import Synchronization

/// Progress on standard error: a line that changes in a terminal, one line at the end elsewhere.
final class DownloadProgress: Sendable {
    private let name: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let shown = Mutex<(time: Date, bytes: Int)>((.distantPast, 0))

    /// Begins a line.
    init(_ name: String) {
        self.name = name
    }

    /// Shows how many bytes are there; a few times a second at most.
    func show(_ bytes: Int, of total: Int?) {
        let isDue = shown.withLock { shown in
            shown.bytes = bytes
            guard Date().timeIntervalSince(shown.time) > 0.2 else { return false }
            shown.time = Date()
            return true
        }
        guard isTerminal, isDue else { return }
        let share = total.map { $0 > 0 ? " \(100 * bytes / $0) %" : "" } ?? ""
        write("\r\u{1B}[K\(name)  \(Self.megabytes(bytes))\(share)")
    }

    /// Ends the line.
    func end() {
        let bytes = shown.withLock { $0.bytes }
        write("\(isTerminal ? "\r\u{1B}[K" : "")\(name)  \(bytes == 0 ? "is there already" : Self.megabytes(bytes))\n")
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    private static func megabytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1_000_000) }
}
