import ArgumentParser
import Foundation
import GAS
import GASEmbedded
import GASPostgres

/// `gas audit`: reads the audit log, and proves it whole.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read the audit log, or prove that nobody has changed it.",
        subcommands: [AuditVerify.self, AuditList.self, AuditProtect.self])

    /// The log in force; a data folder must be there already.
    static func log(_ configuration: EffectiveConfiguration, _ aws: AWSAccess?) throws -> any AuditLog {
        if let database = try Composition.postgres(configuration, aws) { return PostgresAuditLog(database: database) }
        let folders = try DataFolders(configuration)
        guard FileManager.default.fileExists(atPath: folders.database) else {
            throw GASError(
                .notFound, "There is no service in \(folders.root); set \(Settings.dataDirectory.key).")
        }
        return SQLiteAuditLog(database: try EmbeddedDatabase(path: folders.database))
    }
}

/// `gas audit verify`: checks every seal.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that no entry was changed, removed or put in between.",
        discussion: """
            Prints the number and the seal of the last entry. Note both where the service cannot write: with --noted \
            they prove later that the log was not cut off or written anew.
            """)

    @Option(help: "What was printed of the last entry before, as NUMBER:SEAL; the log must still hold it.")
    var noted: String?

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let head = try noted.map(Self.head)
        let configuration = try await options.read()
        let (answer, missing) = try await AWSAccess.whileOpen(configuration) { aws in
            let log = try AuditCommand.log(configuration, aws)
            return (try await log.verify(noted: head), try await log.missingGuards())
        }
        try say(answer, head)
        guard missing.isEmpty else {
            throw GASError(
                .corrupted,
                "What keeps the audit log from being changed was removed: \(missing.joined(separator: ", ")). Find out by whom, "
                    + "then put it back with 'gas audit protect'.")
        }
    }

    private func say(_ answer: AuditVerdict, _ head: AuditHead?) throws {
        switch answer {
        case .whole(nil):
            print("The audit log is empty.")
        case .whole(let last?):
            let known = head.map { " Entry \($0.number) is as it was noted." } ?? ""
            print("The audit log is whole: \(last.number) entries, the last is \(last.number):\(last.seal)." + known)
        case .broken(let number, let reason):
            throw GASError(.corrupted, "The audit log is broken at entry \(number): \(reason)")
        case .cut(let last, let noted):
            throw GASError(
                .corrupted,
                "The audit log was cut off: it ends with entry \(last), and entry \(noted) was noted before.")
        }
    }

    private static func head(_ text: String) throws -> AuditHead {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), number > 0, parts[1].count == 64 else {
            throw GASError(
                .invalid,
                "'\(text)' is not what 'gas audit verify' prints of the last entry: its number, a colon, and its seal of 64 "
                    + "characters.")
        }
        return AuditHead(number: number, seal: String(parts[1]))
    }
}

/// `gas audit protect`: puts back what keeps the log from being changed.
struct AuditProtect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect", abstract: "Put back the triggers that refuse to change the log, if they were removed.",
        discussion: """
            Not done at start: that they are missing is a sign that somebody has changed the log, or means to. First note what \
            'gas audit verify' says.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try await options.read()
        let missing = try await AWSAccess.whileOpen(configuration) { aws in
            let log = try AuditCommand.log(configuration, aws)
            let missing = try await log.missingGuards()
            if !missing.isEmpty {
                try await log.append(
                    AuditEvent(
                        .guardsRestored, at: Date(), by: nil,
                        detail: "\(missing.joined(separator: ", ")) (at the terminal)"))
                try await log.restoreGuards()
            }
            return missing
        }
        print(missing.isEmpty ? "Nothing is missing." : "Put back: \(missing.joined(separator: ", ")).")
    }
}

/// `gas audit list`: prints entries, oldest first.
struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print entries, oldest first, as columns separated by tabs or as JSON lines.")

    @Option(help: "Only entries by this account, or about it.")
    var account: String?

    @Option(help: "Only entries of this kind.")
    var kind: String?

    @Option(help: "Only entries of the last so many days.")
    var days: Double?

    @Option(help: "At most so many, the newest.")
    var limit = 100

    @Flag(help: "Print each entry as one JSON object.")
    var json = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard limit > 0 else { throw GASError(.invalid, "The limit must be at least 1.") }
        let kind = try kind.map(Self.kind)
        let configuration = try await options.read()
        let filter = AuditFilter(
            account: account.map(AccountID.init(rawValue:)), kinds: kind.map { [$0] } ?? [],
            since: days.map { Date().addingTimeInterval(-$0 * 86_400) })
        let entries = try await AWSAccess.whileOpen(configuration) { aws in
            try await AuditCommand.log(configuration, aws).entries(filter, before: nil, limit: limit)
        }
        for entry in entries.reversed() {
            print(json ? try Self.object(entry) : Self.line(entry))
        }
    }

    private static func kind(_ text: String) throws -> AuditKind {
        guard let kind = AuditKind(rawValue: text) else {
            let names = AuditKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw GASError(.invalid, "There is no kind '\(text)'. Kinds are: \(names).")
        }
        return kind
    }

    private static func fields(_ entry: AuditEntry) -> KeyValuePairs<String, String> {
        [
            "number": String(entry.number),
            "time": entry.event.time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            "kind": entry.event.kind.rawValue, "account": entry.event.account?.rawValue ?? "",
            "about": entry.event.about?.rawValue ?? "", "address": entry.event.address, "detail": entry.event.detail,
        ]
    }

    private static func line(_ entry: AuditEntry) -> String {
        fields(entry).map { $0.value.isEmpty ? "-" : $0.value }.joined(separator: "\t")
    }

    private static func object(_ entry: AuditEntry) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let all = Dictionary(uniqueKeysWithValues: fields(entry).map { ($0.key, $0.value) })
        return String(decoding: try encoder.encode(all), as: UTF8.self)
    }
}
