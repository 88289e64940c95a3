import ArgumentParser
import GAS
import Logging
import ServiceLifecycle

/// `gas serve`: every role in one process.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the whole service on this machine: web, annotator, notifier and sweeper in one process.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let composition = try await Composition(options.read())
        try await composition.run([
            try await composition.web(), try await composition.annotator(), composition.notifier(),
            composition.sweeper(),
        ])
    }
}

/// `gas web`: the web server alone.
struct WebCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "web", abstract: "Run a web server.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let composition = try await Composition(options.read())
        try await composition.run([try await composition.web()])
    }
}

/// `gas annotator`: one annotator alone.
struct AnnotatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "annotator", abstract: "Run an annotator.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let composition = try await Composition(options.read())
        try await composition.run([try await composition.annotator()])
    }
}

/// `gas notifier`: the sender of mails alone.
struct NotifierCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "notifier", abstract: "Run the sender of mails.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let composition = try await Composition(options.read())
        try await composition.run([composition.notifier()])
    }
}

/// `gas sweeper`: the finder of what stands still, alone.
struct SweeperCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweeper", abstract: "Run the sweeper, which sets going again what a crash left standing still.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let composition = try await Composition(options.read())
        try await composition.run([composition.sweeper()])
    }
}
