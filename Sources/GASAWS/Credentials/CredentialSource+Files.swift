import Foundation
import GAS

/// What is at hand on the machine.
extension CredentialSource {
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, with temporary credentials, `AWS_SESSION_TOKEN`.
    public static func environment(_ variables: [String: String]) -> Self {
        Self(name: "the environment") {
            guard let id = variables["AWS_ACCESS_KEY_ID"], !id.isEmpty,
                let secret = variables["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty
            else { return nil }
            return AWSCredentials(
                accessKeyID: id, secretAccessKey: secret, sessionToken: variables["AWS_SESSION_TOKEN"])
        }
    }

    /// The profile `AWS_PROFILE`, or `default`, of the shared files `credentials` and `config`.
    /// See https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html.
    public static func profile(_ variables: [String: String]) -> Self {
        let profile = variables["AWS_PROFILE"] ?? "default"
        let folder = (variables["HOME"] ?? "") + "/.aws"
        let credentials = variables["AWS_SHARED_CREDENTIALS_FILE"] ?? folder + "/credentials"
        let config = variables["AWS_CONFIG_FILE"] ?? folder + "/config"
        return Self(name: "the profile \(profile)") {
            let inConfig = profile == "default" ? profile : "profile \(profile)"
            for (path, section) in [(credentials, profile), (config, inConfig)] {
                guard let content = FileManager.default.contents(atPath: path) else { continue }
                let values = ProfileFile(String(decoding: content, as: UTF8.self)).section(section)
                guard let id = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
                    continue
                }
                return AWSCredentials(
                    accessKeyID: id, secretAccessKey: secret, sessionToken: values["aws_session_token"])
            }
            return nil
        }
    }
}

/// The shared file's format: sections in brackets, `name = value`, comments after `#` or `;`.
struct ProfileFile {
    private var sections: [String: [String: String]] = [:]

    init(_ text: String) {
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
                section = line[line.index(after: line.startIndex)..<end].trimmingCharacters(in: .whitespaces)
            } else if let sign = line.firstIndex(of: "=") {
                let name = line[..<sign].trimmingCharacters(in: .whitespaces)
                sections[section, default: [:]][name] =
                    line[line.index(after: sign)...].trimmingCharacters(in: .whitespaces)
            }
        }
    }

    func section(_ name: String) -> [String: String] { sections[name] ?? [:] }
}
