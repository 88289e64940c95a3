import Foundation
import GAS
import Subprocess
import SystemPackage

/// How a command is run.
public struct CommandEngineSettings: Sendable {
    /// What is run for each job.
    public var template: CommandTemplate
    /// Seconds after which it is ended.
    public var timeLimit: Double
    /// Bytes of memory that each of its processes may have; `nil` for any.
    public var memoryLimit: Int?
    /// Bytes that each file it writes may have.
    public var fileLimit: Int
    /// Bytes of its messages that are kept in the log.
    public var logLimit: Int
    /// Seconds between SIGTERM and SIGKILL.
    public var grace: Double

    /// States how.
    public init(
        template: CommandTemplate, timeLimit: Double, memoryLimit: Int?, fileLimit: Int, logLimit: Int, grace: Double
    ) {
        self.template = template
        self.timeLimit = timeLimit
        self.memoryLimit = memoryLimit
        self.fileLimit = fileLimit
        self.logLimit = logLimit
        self.grace = grace
    }
}

/// Any annotator that is a command: VEP, SnpEff, bcftools, AnnTools. What it writes is the result, and what it says goes to
/// the log.
///
/// It runs in the job's own folder and in a session of its own, with none of the service's environment, under limits
/// that the kernel keeps (util-linux's `prlimit`). When its time is over, or the service stops, all of its processes are ended.
public struct CommandEngine: AnnotationEngine {
    private static let limiter = "/usr/bin/prlimit"

    private let settings: CommandEngineSettings

    /// Runs a command.
    public init(settings: CommandEngineSettings) {
        self.settings = settings
    }

    /// Runs the command on one file.
    public func annotate(_ task: AnnotationTask, progress: @escaping @Sendable (JobProgress) -> Void) async throws
        -> ResultSummary
    {
        let start = ContinuousClock.now
        let folder = URL(fileURLWithPath: task.output).deletingLastPathComponent().path
        let messages = folder + "/messages"
        let input = try CommandEngine.namedInput(task.input)
        let ended = try await run(
            settings.template.filled([.input: input, .output: task.output, .folder: folder]), in: folder,
            output: settings.template.namesOutput ? messages : task.output, messages: messages)
        let log = CommandLog(settings: settings, task: task, folder: folder, messages: messages)
        guard case .ended(let status) = ended, status == 0 else {
            let reason = log.reason(ended)
            try log.write(outcome: reason, summary: nil)
            throw EngineRefusal(reason: reason)
        }
        var summary: ResultSummary
        do {
            summary = try VCFCount(of: task.output).summary(program: log.program)
        } catch let refusal as EngineRefusal {
            try log.write(outcome: refusal.reason, summary: nil)
            throw refusal
        }
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        try log.write(outcome: "It ended well.", summary: summary)
        return summary
    }

    /// How a command came to its end.
    enum Ending: Sendable, Hashable {
        /// With a status, 0 for well; 128 and more for a signal.
        case ended(Int32)
        /// Its time was over.
        case timeOut
    }

    private func run(_ words: [String], in folder: String, output: String, messages: String) async throws -> Ending {
        let limits =
            ["--core=0", "--fsize=\(settings.fileLimit)"] + (settings.memoryLimit.map { ["--data=\($0)"] } ?? [])
        return try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask { [settings] in
                try await CommandEngine.start(
                    limits + ["--"] + words, in: folder, output: output, messages: messages, grace: settings.grace)
            }
            group.addTask { [settings] in
                try await Task.sleep(for: .seconds(settings.timeLimit))
                return .timeOut
            }
            guard let first = try await group.next() else { throw CancellationError() }
            // Ends whatever is left: the timer, or the command with all of its processes.
            group.cancelAll()
            do { while try await group.next() != nil {} } catch is CancellationError {}
            try Task.checkCancellation()
            return first
        }
    }

    private static func start(
        _ arguments: [String], in folder: String, output: String, messages: String, grace: Double
    ) async throws -> Ending {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(grace))
        ]
        let permissions: FilePermissions = [.ownerRead, .ownerWrite]
        let messageFile = try FileDescriptor.open(
            FilePath(messages), .writeOnly, options: [.create, .truncate, .append], permissions: permissions)
        let outputFile =
            output == messages
            ? messageFile
            : try FileDescriptor.open(
                FilePath(output), .writeOnly, options: [.create, .truncate], permissions: permissions)
        defer {
            try? messageFile.close()
            if output != messages { try? outputFile.close() }
        }
        let result = try await Subprocess.run(
            .path(FilePath(limiter)), arguments: Arguments(arguments), environment: .custom(environment(folder)),
            workingDirectory: FilePath(folder), platformOptions: options, input: .none,
            output: .fileDescriptor(outputFile, closeAfterSpawningProcess: false),
            error: .fileDescriptor(messageFile, closeAfterSpawningProcess: false))
        try Task.checkCancellation()
        switch result.terminationStatus {
        case .exited(let status): return .ended(status)
        case .signaled(let signal): return .ended(128 + signal)
        }
    }

    /// Nothing of the service's own: its secrets may stand there.
    private static func environment(_ folder: String) -> [Environment.Key: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return ["PATH": path, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"]
    }

    /// The input under a name that tells programs what it is.
    private static func namedInput(_ path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let isCompressed = try file.read(upToCount: 2) == Data([0x1F, 0x8B])
        let named = path + (isCompressed ? ".vcf.gz" : ".vcf")
        try FileManager.default.linkItem(atPath: path, toPath: named)
        return named
    }
}
