import ArgumentParser
import Foundation

/// The options that every command of the service has: a configuration file, and each setting as a flag.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: "Configuration file (default: gas.yaml in this folder, if there).")
    var file: String?

    @Flag(help: "Speak HTTP instead of HTTPS, behind a proxy that ends TLS.")
    var plainHTTP = false

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("Any setting as a flag, such as --web-port 8443; see 'gas config --reference'."))
    var settings: [String] = []

    /// Reads the configuration in force.
    func read() async throws -> EffectiveConfiguration {
        let environment = ProcessInfo.processInfo.environment
        return try await EffectiveConfiguration(
            file: file ?? environment["GAS_CONFIG"],
            flags: settings + (plainHTTP ? [Settings.webPlainHTTP.flag, "true"] : []), environment: environment)
    }
}
