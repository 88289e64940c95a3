import ArgumentParser
import Foundation

/// The options that every command of the service has: a configuration file, and each setting as a flag.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: "Configuration file (default: gas.yaml in this folder, if there).")
    var file: String?

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("Any setting as a flag, such as --web-port 8443; see 'gas config --reference'."))
    var settings: [String] = []

    /// Reads the configuration in force.
    /// - Parameter flags: further flags that a command's own options stand for.
    func read(flags: [String] = []) async throws -> EffectiveConfiguration {
        let environment = ProcessInfo.processInfo.environment
        return try await EffectiveConfiguration(
            file: file ?? environment[EffectiveConfiguration.fileVariable], flags: settings + flags,
            environment: environment)
    }
}
