import Foundation
import GAS
import Glibc
import Subprocess
import SystemPackage

/// A program to be started.
public struct ProcessCommand: Sendable, Hashable {
    /// Its path.
    public let program: String
    /// What follows its name.
    public let arguments: [String]
    /// What is set in its environment besides the farm's own.
    public let environment: [String: String]
    /// The file that it writes its output and its complaints to; `nil` for nowhere, and complaints to where ours go.
    public let output: Int32?

    /// States it.
    public init(program: String, arguments: [String], environment: [String: String], output: Int32? = nil) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.output = output
    }
}

/// Starts programs and watches them.
public protocol ProcessLauncher: Sendable {
    /// Starts a program and waits for its end.
    /// - Parameter onStart: called with its process once it runs.
    /// - Returns: how it ended, in words.
    /// - Throws: when it cannot be started.
    func run(_ command: ProcessCommand, onStart: @escaping @Sendable (Int32) async -> Void) async throws -> String

    /// Sends a signal; to a process that is gone is no error.
    func signal(_ process: Int32, _ signal: Int32)

    /// The moment a process was started, in clock ticks since the machine was; `nil` when it is gone.
    func ticks(of process: Int32) -> Int?

    /// Seconds of processor time that a process has used; `nil` when it is gone.
    func processorSeconds(of process: Int32) -> Double?
}

extension ProcessLauncher {
    /// The mark of a process that runs.
    func mark(_ process: Int32) -> ProcessMark { ProcessMark(id: process, ticks: ticks(of: process) ?? 0) }

    /// Whether it is still the same process.
    func isAlive(_ process: ProcessMark) -> Bool { ticks(of: process.id) == process.ticks }
}

/// Starts real processes. Each is the leader of a group of its own, so that Control-C in a terminal reaches the farm alone;
/// their logs go where the farm's go.
public struct SystemLauncher: ProcessLauncher {
    private let grace: Double

    /// - Parameter grace: seconds from SIGTERM to SIGKILL when the farm is cut off.
    public init(grace: Double) {
        self.grace = grace
    }

    /// Starts a program and waits for its end.
    public func run(
        _ command: ProcessCommand, onStart: @escaping @Sendable (Int32) async -> Void
    ) async throws -> String {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(grace))]
        let changes = command.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        let nowhere = try FileDescriptor.open("/dev/null", .writeOnly)
        defer { try? nowhere.close() }
        let output = command.output.map(FileDescriptor.init(rawValue:)) ?? nowhere
        let result = try await Subprocess.run(
            .path(FilePath(command.program)), arguments: Arguments(command.arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: changes)), platformOptions: options,
            input: .none, output: .fileDescriptor(output, closeAfterSpawningProcess: false),
            error: .fileDescriptor(
                command.output == nil ? .standardError : output, closeAfterSpawningProcess: false)
        ) { execution in
            await onStart(execution.processIdentifier.value)
        }
        switch result.terminationStatus {
        case .exited(let status): return "it ended with status \(status)"
        case .signaled(let signal): return "it was ended by signal \(signal)"
        }
    }

    /// Sends a signal.
    public func signal(_ process: Int32, _ signal: Int32) { kill(process, signal) }

    /// Field 22 of `/proc/<pid>/stat` (proc(5)).
    public func ticks(of process: Int32) -> Int? {
        guard let fields = Self.stat(process), fields.count > 19, fields[0] != "Z" else { return nil }
        return Int(fields[19])
    }

    /// Fields 14 and 15 of `/proc/<pid>/stat`.
    public func processorSeconds(of process: Int32) -> Double? {
        guard let fields = Self.stat(process), fields.count > 12, let user = Double(fields[11]),
            let system = Double(fields[12])
        else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The fields behind the name, which may hold anything: the third one first.
    private static func stat(_ process: Int32) -> [Substring]? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        guard let name = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: name)...].split(separator: " ")
    }
}
