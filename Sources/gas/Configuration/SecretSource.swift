import Foundation
import GAS

/// Where a secret comes from: the value itself, or `file:` and the path of a file that holds it and nothing else, as
/// container platforms and systemd's credentials provide it.
enum SecretSource {
    private static let prefix = "file:"

    /// The secret.
    /// - Throws: `invalid` when the file cannot be read or is empty.
    static func read(_ text: String, for setting: any AnySetting) throws -> String {
        guard text.hasPrefix(prefix) else { return text }
        let path = String(text.dropFirst(prefix.count))
        guard let content = FileManager.default.contents(atPath: path) else {
            throw GASError(.invalid, "The file \(path), named by the setting \(setting.key), cannot be read.")
        }
        let secret = String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else {
            throw GASError(.invalid, "The file \(path), named by the setting \(setting.key), is empty.")
        }
        return secret
    }
}
