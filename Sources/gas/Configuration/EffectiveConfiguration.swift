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
    /// Every setting there is: those of the reference, and those of each identity provider that is named.
    private let settings: [any AnySetting]

    /// All values in the order of the reference.
    var all: [Entry] { settings.compactMap { entries[$0.key] } }

    /// The settings of each identity provider, in the order in which they are offered.
    let providers: [(name: String, settings: ProviderSettings)]

    /// Reads and checks everything.
    /// - Parameters:
    ///   - file: path of a YAML file that must exist; `nil` for the standard file, which need not.
    ///   - flags: command-line arguments such as `--web-port 8443`.
    ///   - environment: the environment; keys are `GAS_WEB_PORT` and so on.
    /// - Throws: `GASError` with code `invalid` that names key, value, origin and what is allowed.
    init(file: String?, flags: [String], environment: [String: String]) async throws {
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
        let names = Self.entry(Settings.signInProviders, readers)
        guard let names = Settings.signInProviders.parse(names.text) else { throw Self.refusal(names) }
        providers = names.map { ($0, ProviderSettings(name: $0)) }
        settings = Settings.all + providers.flatMap(\.settings.all)
        var entries: [String: Entry] = [:]
        for setting in settings {
            let entry = Self.entry(setting, readers)
            guard setting.allows(entry.text) else { throw Self.refusal(entry) }
            let text = setting.isSecret ? try SecretSource.read(entry.text, for: setting) : entry.text
            entries[setting.key] = Entry(setting: setting, text: text, source: entry.source)
        }
        self.entries = entries
        let known = Set(settings.map(\.key))
        try Self.refuseUnknown(flags: flags, settings)
        try Self.refuseUnknown(environment: environment, settings)
        if let path = file ?? Self.standardFileIfPresent { try Self.refuseUnknown(file: path, known) }
        try refuseContradictions()
        try SecretRules(configuration: self).check()
    }

    /// The value of a setting.
    subscript<Value>(_ setting: Setting<Value>) -> Value {
        // Every setting was read and checked by `init`; a setting missing from the list is a mistake of ours.
        guard let value = entries[setting.key].flatMap({ setting.parse($0.text) }) else {
            preconditionFailure("The setting \(setting.key) is in no list of settings.")
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
        _ = try mapping(of: path)
        return try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
    }

    private static func mapping(of path: String) throws -> Node.Mapping {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw GASError(.invalid, "The configuration file \(path) cannot be read.")
        }
        // An empty file is a mapping without keys.
        let root: Node
        do {
            root = try Yams.compose(yaml: String(decoding: content, as: UTF8.self)) ?? Node([:])
        } catch {
            throw GASError(.invalid, "The configuration file \(path) is not YAML\(reason(error)).")
        }
        guard let mapping = root.mapping else {
            throw GASError(.invalid, "The configuration file \(path) must hold keys with values.")
        }
        return mapping
    }

    /// What is wrong and where. Not the line itself, as Yams says it: it may hold a secret.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            return ": \(problem) (line \(mark.line), column \(mark.column)); a value with such characters needs quotes"
        default: return ""
        }
    }

    private static func refuseUnknown(file path: String, _ known: Set<String>) throws {
        for key in keys(try mapping(of: path), prefix: "") where !known.contains(key) {
            if let setting = known.first(where: { key.hasPrefix($0 + ".") }) {
                throw GASError(
                    .invalid,
                    "The configuration file \(path) has several keys under \(setting), which takes one value; put it in quotes."
                )
            }
            throw GASError(
                .invalid, "The configuration file \(path) has a key that does not exist: \(key).\(hint(key))")
        }
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
        guard
            !self[Settings.webPlainHTTP] || LoopbackHost.names.contains(self[Settings.webHost])
                || self[Settings.webPublicURL].hasPrefix("https:")
        else {
            throw GASError(
                .invalid,
                "With \(Settings.webPlainHTTP.key) others than this machine are served only behind a proxy that ends TLS: set "
                    + "\(Settings.webPublicURL.key) to its https address.")
        }
        guard self[Settings.webCertificate].isEmpty == self[Settings.webPrivateKey].isEmpty else {
            throw GASError(
                .invalid,
                "Set both \(Settings.webCertificate.key) and \(Settings.webPrivateKey.key), or neither of them.")
        }
    }

    private static func refuseUnknown(environment: [String: String], _ settings: [any AnySetting]) throws {
        for name in environment.keys.sorted() where name.hasPrefix("GAS_") && name != fileVariable {
            guard settings.contains(where: { $0.environmentName == name }) else {
                throw GASError(.invalid, "The environment variable \(name) is no setting.\(hint(name.lowercased()))")
            }
        }
    }

    private static func refuseUnknown(flags: [String], _ settings: [any AnySetting]) throws {
        var seen: Set<String> = []
        for flag in flags where flag.hasPrefix("-") && Double(flag) == nil {
            let name = String(flag.prefix { $0 != "=" })
            guard seen.insert(name).inserted else {
                throw GASError(.invalid, "The option \(name) is given twice; give it once.")
            }
            guard settings.contains(where: { $0.flag == name }) else {
                throw GASError(.invalid, "The option \(name) does not exist.\(hint(name))")
            }
        }
        guard flags.first.map({ $0.hasPrefix("-") }) ?? true else {
            throw GASError(.invalid, "The argument '\(flags[0])' was not expected.")
        }
    }

    /// Offers the setting whose last part is the same.
    private static func hint(_ name: String) -> String {
        let words = name.lowercased().split(whereSeparator: { ".-_".contains($0) }).map(String.init)
        if words.starts(with: ["sign", "in", "provider"]) || words.starts(with: ["gas", "sign", "in", "provider"]) {
            return " Is the provider named in \(Settings.signInProviders.key)? See 'gas config --reference'."
        }
        let last = name.split(whereSeparator: { ".-_".contains($0) }).last.map(String.init) ?? name
        let near = Settings.all.filter { $0.key.hasSuffix(last) }.prefix(3).map(\.key)
        return near.isEmpty ? " See 'gas config --reference'." : " Is \(near.joined(separator: " or ")) meant?"
    }
}
