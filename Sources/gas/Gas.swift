import ArgumentParser
import Foundation
import GAS
import GASAWS

/// The one program of the service.
@main
struct Gas: AsyncParsableCommand {
    /// Version of everything in this repository.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "gas",
        abstract: "The Genomics Annotation Service.",
        discussion: "'gas serve' runs the whole service on this machine; 'gas annotate' annotates a file right here.",
        version: version,
        subcommands: [
            Serve.self, WebCommand.self, AnnotatorCommand.self, NotifierCommand.self, ArchiverCommand.self,
            RestorerCommand.self, ThawerCommand.self, SweeperCommand.self,
            UtilityCommand.self, FarmCommand.self, Annotate.self, ReferenceCommand.self, AdminCommand.self,
            AuditCommand.self, MigrateCommand.self, LoadCommand.self, AWSCommand.self, LambdaCommand.self,
            DoctorCommand.self, ConfigCommand.self,
        ])

    /// Prints our own errors as the one sentence that they are.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as GASError {
            // At this terminal is an operator, who is to know which request it was that AWS refused, and why.
            let reason = error.underlying as? any Remediable
            let lines = [error.message + (reason.map { " (\($0))" } ?? ""), reason?.remedy].compactMap { $0 }
            FileHandle.standardError.write(Data("gas: \(lines.joined(separator: "\n     "))\n".utf8))
            Foundation.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}
