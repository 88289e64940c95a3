import Foundation
import GAS
import Glibc
import Synchronization

/// A file that is read from its beginning to its end.
final class InputFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Opens a file.
    init(_ path: String) throws {
        self.path = path
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw GASError(fileOperation: "open", path) }
    }

    deinit { Glibc.close(descriptor) }

    /// The next bytes; fewer than `count`, even none, at the end only.
    func read(upTo count: Int) throws -> Data {
        var data = Data(count: count)
        var filled = 0
        while filled < count {
            let got = data.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress! + filled, count - filled)
            }
            if got == 0 { break }
            if got > 0 { filled += got } else if errno != EINTR { throw GASError(fileOperation: "read", path) }
        }
        return filled == count ? data : data.prefix(filled)
    }
}

/// A file that is written under a temporary name. It gets its own name when it is complete, or it never was.
final class NewFile: Sendable {
    private let path: String
    private let descriptor: Mutex<Int32?>

    /// Makes the file.
    /// - Parameter path: the temporary name, in the file system of the final one.
    init(temporaryPath path: String) throws {
        self.path = path
        let descriptor = Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw GASError(fileOperation: "create", path) }
        self.descriptor = Mutex(descriptor)
    }

    deinit { discard() }

    /// Appends bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try descriptor.withLock { descriptor in
            guard let descriptor else { throw GASError(.internal, "The file was closed already.") }
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress!, rest.count)
                if written >= 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    throw GASError(fileOperation: "write", path)
                }
            }
        }
    }

    /// Makes the bytes written so far durable, so that `place` has little left to wait for.
    func sync() throws {
        try descriptor.withLock { descriptor in
            guard let descriptor, fsync(descriptor) == 0 else { throw GASError(fileOperation: "sync", path) }
        }
    }

    /// Gives the complete file its name, replacing what had it.
    /// - Parameter folder: when given, the folder of `target`; the file and its name then survive a power cut.
    func place(at target: String, durablyIn folder: String?) throws {
        try descriptor.withLock { descriptor in
            guard let open = descriptor else { throw GASError(.internal, "The file was closed already.") }
            if folder != nil {
                // Its age is counted from here, however long ago the last byte was written.
                guard futimens(open, nil) == 0, fsync(open) == 0 else { throw GASError(fileOperation: "sync", path) }
            }
            guard rename(path, target) == 0 else { throw GASError(fileOperation: "rename", path) }
            descriptor = nil
            Glibc.close(open)
        }
        if let folder { try NewFile.syncFolder(folder) }
    }

    /// Removes the file unless it was placed.
    func discard() {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            descriptor = nil
            Glibc.close(open)
            unlink(path)
        }
    }

    /// Without this a power cut may take back the last renames in a folder.
    private static func syncFolder(_ path: String) throws {
        let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw GASError(fileOperation: "open", path) }
        defer { Glibc.close(folder) }
        guard fsync(folder) == 0 else { throw GASError(fileOperation: "sync", path) }
    }
}
