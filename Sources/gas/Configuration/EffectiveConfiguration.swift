import Configuration
import Foundation
import GAS
import SystemPackage
import Yams

/// The configuration as it is in force: flags over environment over file over defaults. It is read once, at start.
struct EffectiveConfiguration: Sendable {
    /// Where a value came from.
    enum Source: String, Sendable, CaseIterable {
        case flag, environment, file
        case standard = "default"
    }

    /// One value with its origin.
    struct Entry: Sendable {
        let setting: any AnySetting
        let text: String
        let source: Source
    }

    /// Name of the configuration file that is read when it stands in the current folder.
    static let standardFile = "gas.yaml"
    /// The environment variable that names another file.
    static let fileVariable = "GAS_CONFIG"

    private let entries: [String: Entry]

    /// All values in the order of the reference.
    var all: [Entry] { Settings.all.compactMap { entries[$0.key] } }

    /// Reads and checks everything.
    /// - Parameters:
    ///   - file: path of a YAML file that must exist; `nil` for the standard file, which need not.
    ///   - flags: command-line arguments such as `--web-port 8443`.
    ///   - environment: the environment; keys are `GAS_WEB_PORT` and so on.
    /// - Throws: `GASError` with code `invalid` that names key, value, origin and what is allowed.
    init(file: String?, flags: [String], environment: [String: String]) async throws {
        try Self.refuseUnknown(flags: flags)
        try Self.refuseUnknown(environment: environment)
        var readers: [(Source, ConfigReader)] = [
            (.flag, ConfigReader(provider: CommandLineArgumentsProvider(arguments: ["gas"] + flags))),
            (
                .environment,
                ConfigReader(
                    provider: EnvironmentVariablesProvider(environmentVariables: environment)
                        .prefixKeys(with: "gas"))
            ),
        ]
        if let path = file ?? Self.standardFileIfPresent {
            readers.append((.file, ConfigReader(provider: try await Self.fileProvider(path))))
        }
        var entries: [String: Entry] = [:]
        for setting in Settings.all {
            let entry = Self.entry(setting, readers)
            guard setting.allows(entry.text) else { throw Self.refusal(entry) }
            entries[setting.key] = entry
        }
        self.entries = entries
        try refuseContradictions()
    }

    /// The value of a setting.
    subscript<Value>(_ setting: Setting<Value>) -> Value {
        // Every setting was read and checked by `init`; a setting missing from the list is a mistake of ours.
        guard let value = entries[setting.key].flatMap({ setting.parse($0.text) }) else {
            preconditionFailure("The setting \(setting.key) is not in Settings.all.")
        }
        return value
    }

    private static func entry(_ setting: any AnySetting, _ readers: [(Source, ConfigReader)]) -> Entry {
        let key = ConfigKey(setting.key.split(separator: ".").map(String.init))
        for (source, reader) in readers {
            // A flag with commas, and a list in YAML, are several values to the reader: here they are one text.
            let text =
                reader.string(forKey: key, isSecret: setting.isSecret)
                ?? reader.stringArray(forKey: key, isSecret: setting.isSecret)?.joined(separator: ",")
            if let text { return Entry(setting: setting, text: text, source: source) }
        }
        return Entry(setting: setting, text: setting.defaultText, source: .standard)
    }

    private static func refusal(_ entry: Entry) -> GASError {
        let setting = entry.setting
        let name =
            switch entry.source {
            case .flag: setting.flag
            case .environment: setting.environmentName
            case .file, .standard: setting.key
            }
        let value = setting.isSecret ? "" : " is '\(entry.text)', which"
        return GASError(
            .invalid,
            "The setting \(name) (\(entry.source.rawValue))\(value) is not allowed. "
                + "Allowed is: \(setting.allowed).")
    }

    private static var standardFileIfPresent: String? {
        FileManager.default.fileExists(atPath: standardFile) ? standardFile : nil
    }

    private static func fileProvider(_ path: String) async throws -> FileProvider<YAMLSnapshot> {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw GASError(.invalid, "The configuration file \(path) cannot be read.")
        }
        // An empty file is a mapping without keys.
        let root: Node
        do {
            root = try Yams.compose(yaml: String(decoding: content, as: UTF8.self)) ?? Node([:])
        } catch {
            throw GASError(.invalid, "The configuration file \(path) is not YAML: \(error)")
        }
        guard let mapping = root.mapping else {
            throw GASError(.invalid, "The configuration file \(path) must hold keys with values.")
        }
        for key in keys(mapping, prefix: "") where !Settings.all.contains(where: { $0.key == key }) {
            throw GASError(
                .invalid, "The configuration file \(path) has a key that does not exist: \(key).\(hint(key))")
        }
        return try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
    }

    private static func keys(_ mapping: Node.Mapping, prefix: String) -> [String] {
        mapping.flatMap { key, value in
            let name = prefix + (key.string ?? "?")
            return value.mapping.map { keys($0, prefix: name + ".") } ?? [name]
        }
    }

    /// Refuses values that are allowed each by itself but do not fit together.
    private func refuseContradictions() throws {
        let lease = self[Settings.annotatorLeaseSeconds]
        let heartbeat = self[Settings.annotatorHeartbeatSeconds]
        guard heartbeat * 2 <= lease else {
            throw GASError(
                .invalid,
                "The setting \(Settings.annotatorHeartbeatSeconds.key) is \(heartbeat), which must be at most half of "
                    + "\(Settings.annotatorLeaseSeconds.key), which is \(lease).")
        }
        let (free, premium) = (self[Settings.freeUploadLimit], self[Settings.premiumUploadLimit])
        guard free <= premium else {
            throw GASError(
                .invalid,
                "The setting \(Settings.freeUploadLimit.key) is \(free), which must be at most "
                    + "\(Settings.premiumUploadLimit.key), which is \(premium).")
        }
        guard self[Settings.webCertificate].isEmpty == self[Settings.webPrivateKey].isEmpty else {
            throw GASError(
                .invalid,
                "Set both \(Settings.webCertificate.key) and \(Settings.webPrivateKey.key), or neither of them.")
        }
    }

    private static func refuseUnknown(environment: [String: String]) throws {
        for name in environment.keys.sorted() where name.hasPrefix("GAS_") && name != fileVariable {
            guard Settings.all.contains(where: { $0.environmentName == name }) else {
                throw GASError(.invalid, "The environment variable \(name) is no setting.\(hint(name.lowercased()))")
            }
        }
    }

    private static func refuseUnknown(flags: [String]) throws {
        var seen: Set<String> = []
        for flag in flags where flag.hasPrefix("-") && Double(flag) == nil {
            let name = String(flag.prefix { $0 != "=" })
            guard seen.insert(name).inserted else {
                throw GASError(.invalid, "The option \(name) is given twice; give it once.")
            }
            guard Settings.all.contains(where: { $0.flag == name }) else {
                throw GASError(.invalid, "The option \(name) does not exist.\(hint(name))")
            }
        }
        guard flags.first.map({ $0.hasPrefix("-") }) ?? true else {
            throw GASError(.invalid, "The argument '\(flags[0])' was not expected.")
        }
    }

    /// Offers the setting whose last part is the same.
    private static func hint(_ name: String) -> String {
        let last = name.split(whereSeparator: { ".-_".contains($0) }).last.map(String.init) ?? name
        let near = Settings.all.filter { $0.key.hasSuffix(last) }.prefix(3).map(\.key)
        return near.isEmpty ? " See 'gas config --reference'." : " Is \(near.joined(separator: " or ")) meant?"
    }
}
