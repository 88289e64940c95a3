import Foundation
import GAS
import Glibc

/// Prepares what HAProxy reads at its start.
public struct BalancerProcess: Sendable {
    private let settings: HAProxySettings
    /// What it tells about requests.
    let requests: RequestLog

    /// - Parameters:
    ///   - settings: how it is run.
    ///   - requests: takes what it tells about requests.
    public init(_ settings: HAProxySettings, requests: RequestLog) {
        self.settings = settings
        self.requests = requests
    }

    /// Finds out whether it can run here at all. Where this process may open fewer files than HAProxy needs, the limit is
    /// raised, if the machine permits it; HAProxy inherits it.
    /// - Throws: `invalid` when the program is not there, or may not open as many files.
    package func check() throws {
        guard FileManager.default.isExecutableFile(atPath: settings.program) else {
            throw GASError(
                .invalid,
                "The load balancer \(settings.program) is not there; install Debian's package haproxy, or say where it is "
                    + "(farm.haproxy)."
            )
        }
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw GASError(.internal, "The limit of open files cannot be read (error \(errno)).")
        }
        let needed = rlim_t(settings.files)
        guard limit.rlim_max < needed else { return }
        var raised = rlimit(rlim_cur: limit.rlim_cur, rlim_max: needed)
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 else {
            throw GASError(
                .invalid,
                "For \(settings.connections) connections (farm.connections) HAProxy needs \(needed) open files, and the limit "
                    + "here is \(limit.rlim_max): raise it ('ulimit -n', LimitNOFILE of systemd), or lower the setting."
            )
        }
    }

    /// Finds out whether it can listen.
    /// - Throws: `conflict` when another program has the port.
    func checkPort() throws {
        guard ListeningPort.isFree(settings.port, of: settings.host) else {
            throw GASError(
                .conflict,
                "The port \(settings.port) of \(settings.host) is taken by another program, perhaps another farm; set web.port."
            )
        }
    }

    /// Writes the configuration, and removes a socket that was left behind.
    /// - Returns: how the program is started.
    /// - Throws: when it cannot be written, or `check` finds something.
    public func prepare() throws -> ProcessCommand {
        try check()
        for page in settings.errorPages {
            try Data(page.answer.utf8).write(to: URL(fileURLWithPath: settings.errorFile(page)), options: .atomic)
        }
        try Data(settings.text.utf8).write(to: URL(fileURLWithPath: settings.configurationFile), options: .atomic)
        try? FileManager.default.removeItem(atPath: settings.commandSocket)
        return ProcessCommand(
            program: settings.program, arguments: ["-db", "-f", settings.configurationFile], environment: [:],
            output: requests.output)
    }

    /// Whether it takes commands.
    public var isUp: Bool { FileManager.default.fileExists(atPath: settings.commandSocket) }
}
