import Foundation
import GAS
import Glibc

/// What the operating system said about a file, for the log.
struct FileFailure: Error, CustomStringConvertible {
    let operation: String
    let path: String
    let number: Int32

    var description: String { "cannot \(operation) \(path): \(String(cString: strerror(number)))" }
}

extension GASError {
    /// What the last failure of a system call (`errno`) means to the service.
    init(fileOperation operation: String, _ path: String) {
        let number = errno
        let failure = FileFailure(operation: operation, path: path, number: number)
        switch number {
        case ENOSPC, EDQUOT:
            self.init(.unavailable, "The disk is full. Free some space, then try again.", cause: failure)
        case ENOENT:
            self.init(.notFound, "The file does not exist.", cause: failure)
        case EIO, EROFS, EACCES, EPERM, EMFILE, ENFILE:
            self.init(.unavailable, "The file cannot be read or written now. Try again later.", cause: failure)
        default:
            self.init(.internal, "A file operation failed.", cause: failure)
        }
    }
}
