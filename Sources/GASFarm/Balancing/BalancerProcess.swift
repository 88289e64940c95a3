import Foundation
import GAS

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

    /// Writes the configuration, and removes a socket that was left behind.
    /// - Returns: how the program is started.
    /// - Throws: `invalid` when the program is not installed.
    public func prepare() throws -> ProcessCommand {
        guard FileManager.default.isExecutableFile(atPath: settings.program) else {
            throw GASError(
                .invalid,
                "The load balancer \(settings.program) is not there; install Debian's package haproxy, or say where it is."
            )
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
