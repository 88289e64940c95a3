import Crypto
import Foundation
import GAS

/// A file that its owner alone may read.
struct SecretFile {
    let path: String

    /// Replaces the content atomically.
    func write(_ text: String) throws {
        let temporary = path + ".\(UUID().uuidString)"
        guard
            FileManager.default.createFile(
                atPath: temporary, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw GASError(.unavailable, "A secret cannot be written into the data folder.") }
        guard rename(temporary, path) == 0 else {
            throw GASError(.unavailable, "A secret cannot be stored in the data folder.")
        }
    }

    /// The content, which is made of 32 random bytes when there is none yet.
    func readOrMakeKey() throws -> String {
        if let content = FileManager.default.contents(atPath: path) {
            return String(decoding: content, as: UTF8.self)
        }
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
        let temporary = path + ".\(UUID().uuidString)"
        try SecretFile(path: temporary).write(key)
        defer { unlink(temporary) }
        // A hard link fails if another process was first; then its key is the one.
        if link(temporary, path) != 0 && errno != EEXIST {
            throw GASError(.unavailable, "The signing key cannot be stored in the data folder.")
        }
        guard let content = FileManager.default.contents(atPath: path) else {
            throw GASError(.unavailable, "The signing key cannot be read from the data folder.")
        }
        return String(decoding: content, as: UTF8.self)
    }
}
