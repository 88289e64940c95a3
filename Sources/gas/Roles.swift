import ArgumentParser
import Foundation
import GAS
import Logging
import ServiceLifecycle

/// A command that runs one role of the service, or all of them, until it is told to stop.
protocol RoleCommand: AsyncParsableCommand {
    var options: ConfigurationOptions { get }
    /// What the command's own options stand for.
    var flags: [String] { get }
    /// Whether its numbers for Prometheus tell of all jobs and queues, besides of itself.
    var looksAround: Bool { get }
    /// Whether SIGHUP means something else than to stop.
    var takesHangup: Bool { get }

    /// What runs.
    func services(_ composition: Composition) async throws -> [any Service]
}

extension RoleCommand {
    var flags: [String] { [] }
    var looksAround: Bool { false }
    var takesHangup: Bool { false }

    func run() async throws {
        let configuration = try await readConfiguration()
        do {
            let composition = try await Composition(configuration)
            try await composition.run(
                try await services(composition) + composition.metricsEndpoint(looksAround: looksAround),
                takesHangup: takesHangup)
        } catch let error as GASError where configuration.logsJSON {
            // Whoever reads the log line by line reads this one, too.
            try refuse(error, process: configuration[Settings.logProcess])
        }
    }

    /// While it is not known how the log looks, the environment says so, as it does in a farm and under systemd.
    private func readConfiguration() async throws -> EffectiveConfiguration {
        do {
            return try await options.read(flags: flags)
        } catch let error as GASError {
            let environment = ProcessInfo.processInfo.environment
            guard environment[Settings.logFormat.environmentName] == LogFormat.json.rawValue else { throw error }
            try refuse(error, process: environment[Settings.logProcess.environmentName] ?? "")
        }
    }

    private func refuse(_ error: GASError, process: String) throws -> Never {
        var logger = Logger(label: "gas") { JSONLogHandler(label: $0, logLevel: .info) }
        if !process.isEmpty { logger[metadataKey: "process"] = .string(process) }
        logger.critical("\(error.operatorLines.joined(separator: " "))")
        throw ExitCode.failure
    }
}

/// The options of commands that serve the web.
struct WebOptions: ParsableArguments {
    @Flag(name: .customLong("plain-http"), help: "Speak HTTP instead of HTTPS, behind a proxy that ends TLS.")
    var isPlainHTTP = false

    var flags: [String] { isPlainHTTP ? [Settings.webPlainHTTP.flag, "true"] : [] }
}

/// `gas serve`: every role in one process.
struct Serve: RoleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the whole service on this machine: every role in one process.")

    @OptionGroup var web: WebOptions
    @OptionGroup var options: ConfigurationOptions

    var looksAround: Bool { true }

    var flags: [String] { web.flags }

    func services(_ composition: Composition) async throws -> [any Service] {
        [try await composition.web(), try composition.annotator()] + (try composition.utility())
    }
}

/// `gas web`: a web server alone.
struct WebCommand: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "web", abstract: "Run a web server.")

    @OptionGroup var web: WebOptions
    @OptionGroup var options: ConfigurationOptions

    var flags: [String] { web.flags }

    func services(_ composition: Composition) async throws -> [any Service] { [try await composition.web()] }
}

/// `gas annotator`: an annotator alone.
struct AnnotatorCommand: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "annotator", abstract: "Run an annotator.")

    @OptionGroup var options: ConfigurationOptions

    func services(_ composition: Composition) async throws -> [any Service] { [try composition.annotator()] }
}

/// `gas notifier`: the sender of mails alone.
struct NotifierCommand: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "notifier", abstract: "Run the sender of mails.")

    @OptionGroup var options: ConfigurationOptions

    func services(_ composition: Composition) async throws -> [any Service] { [try composition.notifier()] }
}

/// `gas archiver`: what moves results to the archive, alone.
struct ArchiverCommand: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "archiver", abstract: "Run the archiver, which moves results to the archive when a plan says so.")

    @OptionGroup var options: ConfigurationOptions

    func services(_ composition: Composition) async throws -> [any Service] { [composition.archiver()] }
}

/// `gas restorer`: what asks the archive for results, alone.
struct RestorerCommand: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "restorer", abstract: "Run the restorer, which asks the archive for the results of Premium users.")

    @OptionGroup var options: ConfigurationOptions

    func services(_ composition: Composition) async throws -> [any Service] { [composition.restorer()] }
}

/// `gas thawer`: what copies results back, alone.
struct ThawerCommand: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "thawer", abstract: "Run the thawer, which copies back what the archive has made readable.")

    @OptionGroup var options: ConfigurationOptions

    func services(_ composition: Composition) async throws -> [any Service] { [composition.thawer()] }
}

/// `gas utility`: everything but web servers and annotators, in one process.
struct UtilityCommand: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "utility",
        abstract:
            "Run notifier, archiver, restorer, thawer and sweeper in one process, beside web servers and annotators.")

    @OptionGroup var options: ConfigurationOptions

    var looksAround: Bool { true }

    func services(_ composition: Composition) async throws -> [any Service] { try composition.utility() }
}

/// `gas sweeper`: the finder of what stands still, alone.
struct SweeperCommand: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweeper", abstract: "Run the sweeper, which sets going again what a crash left standing still.")

    @OptionGroup var options: ConfigurationOptions

    var looksAround: Bool { true }

    func services(_ composition: Composition) async throws -> [any Service] { [try composition.sweeper()] }
}
