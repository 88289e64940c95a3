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
            FileHandle.standardError.write(Data("gas: \(error.operatorLines.joined(separator: "\n     "))\n".utf8))
            Foundation.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}

extension GASError {
    /// What an operator is to know, who is told besides which request it was that AWS refused, why, and what to do.
    var operatorLines: [String] {
        let reason = underlying as? any Remediable
        return [message + (reason.map { " (\($0))" } ?? ""), reason?.remedy].compactMap { $0 }
    }
}
