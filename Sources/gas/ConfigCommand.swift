import ArgumentParser

/// `gas config`: the configuration in force, or the reference of all settings.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the configuration in force, secrets redacted.")

    @Flag(help: "Print the reference of all settings as Markdown instead.")
    var reference = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        if reference {
            print(ConfigurationReference.markdown)
        } else {
            for entry in try await options.read().all { print(line(entry)) }
        }
    }

    private func line(_ entry: EffectiveConfiguration.Entry) -> String {
        let isHidden = entry.setting.isSecret && !entry.text.isEmpty
        let value = isHidden ? "<redacted>" : entry.text.isEmpty ? "\"\"" : entry.text
        return "\(entry.setting.key): \(value)  # \(entry.source.rawValue)"
    }
}

/// `docs/configuration.md`.
enum ConfigurationReference {
    static var markdown: String {
        let rows = (Settings.all + ProviderSettings.reference.all).map { setting in
            let standard = setting.defaultText.isEmpty ? "" : "`\(setting.defaultText)`"
            let kind = setting.isSecret ? "\(setting.allowed); secret" : setting.allowed
            return "| `\(setting.key)` | \(standard) | \(kind) | \(setting.summary) |"
        }
        return """
            # Configuration

            Every name, limit, interval and threshold of the service has one setting. A value is looked up in this order: a flag
            (`--web-port 8443`), the environment (`GAS_WEB_PORT=8443`), the configuration file, the default. The file is
            `gas.yaml` in the current folder, or the one named by `--config` or `GAS_CONFIG`:

            ```yaml
            web:
              port: 8443
              public-url: https://gas.example.org
            mail:
              transport: smtp
              smtp:
                host: mail.example.org
            ```

            `gas config` prints the values in force and where each comes from; secrets are redacted. A value that is not
            allowed, and a key that does not exist, are refused at start. This page is the output of
            `gas config --reference`.

            Keys are secret where it says so. A secret may be given as `file:/run/secrets/name`, and is then read from that
            file. Once the service is reached from elsewhere than this machine, secrets that are missing, well known or short
            are refused, and so are secrets given as flags, which others on the machine can read.

            | key | default | allowed | meaning |
            |---|---|---|---|
            \(rows.joined(separator: "\n"))
            """
    }
}
