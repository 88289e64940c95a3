import GAS
import Glibc

/// Held by the one farm of a data folder, until its process ends.
public final class FarmLock: Sendable {
    private let file: Int32

    /// Takes the lock.
    /// - Throws: `conflict` when another farm has it.
    public init(path: String) throws {
        file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw GASError(.invalid, "The file \(path) cannot be opened (error \(errno)).") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw GASError(.conflict, "A farm runs already on this data folder; 'gas farm status' tells of it.")
        }
    }

    deinit { close(file) }
}
