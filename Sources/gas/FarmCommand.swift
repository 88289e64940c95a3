import ArgumentParser
import Foundation
import GAS
import GASEmbedded
import GASFarm
import ServiceLifecycle

/// `gas farm`: many processes that act as one service, and what decides how many they are.
struct FarmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "farm",
        abstract:
            "Run the whole service as a farm: web servers behind a load balancer, and annotators, as many as needed.",
        subcommands: [FarmRun.self, FarmStatus.self, FarmRestart.self, FarmSimulateCommand.self],
        defaultSubcommand: FarmRun.self)

    /// The state of the farm on the data folder in force.
    static func state(_ options: ConfigurationOptions) async throws -> FarmState {
        let folders = try DataFolders(try await options.read())
        guard let state = try await FileFarmStore(path: folders.farmState).state() else {
            throw GASError(
                .notFound,
                "There is no farm in \(folders.root); 'gas farm' starts one, or set \(Settings.dataDirectory.key).")
        }
        return state
    }

    /// Whether the process that wrote the state still runs.
    static func isRunning(_ state: FarmState) -> Bool {
        isAlive(state.process)
    }

    /// Whether a process still runs, and is not another one of the same number.
    static func isAlive(_ process: ProcessMark) -> Bool {
        SystemLauncher(grace: 0).ticks(of: process.id) == process.ticks
    }
}

/// `gas farm run`, or `gas farm` alone: keeps the farm.
struct FarmRun: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the farm until it is told to stop.",
        discussion:
            "SIGTERM lets every process finish; SIGHUP replaces one after the other, as 'gas farm restart' does.")

    @OptionGroup var web: WebOptions
    @OptionGroup var options: ConfigurationOptions

    var flags: [String] { web.flags }

    var takesHangup: Bool { true }

    func services(_ composition: Composition) async throws -> [any Service] {
        try composition.farm(configurationFile: options.file)
    }
}

/// `gas farm restart`: replaces every process, with the program and the configuration as they are now.
struct FarmRestart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Replace every process of the farm and its certificate, one at a time and without losing a request.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let state = try await FarmCommand.state(options)
        guard FarmCommand.isRunning(state) else { throw GASError(.notFound, "The farm does not run.") }
        SystemLauncher(grace: 0).signal(state.process.id, SIGHUP)
        print("Every process is being replaced; 'gas farm status' shows how far it is.")
    }
}
