import Foundation
import GAS
import Glibc

/// Folders that belong to the service's user alone.
enum PrivateFolder {
    /// Makes the folder, and those above it, where they are missing. One that exists keeps its permissions.
    static func create(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw GASError(.unavailable, "The data folder cannot be created.", cause: error)
        }
    }
}

/// Files that belong to the service's user alone.
enum PrivateFile {
    /// Makes an empty file. One that exists is not even opened: closing it would drop the locks that SQLite holds on it.
    static func createIfMissing(_ path: String) throws {
        let file = Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if file >= 0 {
            Glibc.close(file)
        } else if errno != EEXIST {
            throw GASError(fileOperation: "create", path)
        }
    }
}

/// Keeps processes apart.
enum FileLock {
    /// Runs `body` while no other process, and no other caller in this one, holds the lock file.
    static func whileHolding<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        let file = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw GASError(fileOperation: "open", path) }
        defer { Glibc.close(file) }
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else { throw GASError(fileOperation: "lock", path) }
        }
        return try body()
    }
}
