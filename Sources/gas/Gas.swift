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
            end(0)
        } catch let error as GASError {
            FileHandle.standardError.write(Data("gas: \(error.operatorLines.joined(separator: "\n     "))\n".utf8))
            end(1)
        } catch {
            let text = fullMessage(for: error)
            let code = exitCode(for: error).rawValue
            let output = code == 0 ? FileHandle.standardOutput : FileHandle.standardError
            if !text.isEmpty { output.write(Data("\(text)\n".utf8)) }
            end(code)
        }
    }

    /// Ends the process at once, without what libraries have asked for at its end: OpenSSL frees what a connection that is being
    /// closed by another thread still uses.
    private static func end(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}

extension GASError {
    /// What an operator is to know, who is told besides which request it was that AWS refused, why, and what to do.
    var operatorLines: [String] {
        let reason = underlying as? any Remediable
        return [message + (reason.map { " (\($0))" } ?? ""), reason?.remedy].compactMap { $0 }
    }
}
