import Foundation
import GAS
import Glibc

/// The file from which HAProxy reads certificate chain and private key.
public enum BalancerCertificate {
    /// Replaces the file by one that its owner alone may read; a reader sees the old or the new one, nothing between.
    /// - Throws: `invalid` when it cannot be written.
    public static func write(_ pem: String, to path: String) throws {
        let fresh = path + ".fresh"
        unlink(fresh)
        guard
            FileManager.default.createFile(
                atPath: fresh, contents: Data(pem.utf8), attributes: [.posixPermissions: 0o600]),
            rename(fresh, path) == 0
        else { throw GASError(.invalid, "The file \(path) cannot be written.") }
    }
}
