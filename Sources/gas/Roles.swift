import ArgumentParser
import ServiceLifecycle

/// A command that runs one role of the service, or all of them, until it is told to stop.
protocol RoleCommand: AsyncParsableCommand {
    var options: ConfigurationOptions { get }

    /// What runs.
    func services(_ composition: Composition) async throws -> [any Service]
}

extension RoleCommand {
    func run() async throws {
        let composition = try await Composition(options.read())
        try await composition.run(try await services(composition))
    }
}

/// `gas serve`: every role in one process.
struct Serve: RoleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the whole service on this machine: web, annotator, notifier and sweeper in one process.")

    @OptionGroup var options: ConfigurationOptions

    func services(_ composition: Composition) async throws -> [any Service] {
        [
            try await composition.web(), try composition.annotator(), try composition.notifier(),
            composition.sweeper(),
        ]
    }
}

/// `gas web`: a web server alone.
struct WebCommand: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "web", abstract: "Run a web server.")

    @OptionGroup var options: ConfigurationOptions

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

/// `gas sweeper`: the finder of what stands still, alone.
struct SweeperCommand: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweeper", abstract: "Run the sweeper, which sets going again what a crash left standing still.")

    @OptionGroup var options: ConfigurationOptions

    func services(_ composition: Composition) async throws -> [any Service] { [composition.sweeper()] }
}
