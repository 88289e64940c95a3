import Annotation
import Foundation
import Synchronization

/// A file in memory whose content is replaced for each input.
final class InputFile: Sendable {
    private let descriptor: Int32
    let path: String

    init(folder: Folder, name: String) {
        path = folder.path + "/" + name
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "no file in memory")
    }

    func fill(_ bytes: UnsafeBufferPointer<UInt8>) {
        precondition(ftruncate(descriptor, 0) == 0)
        var position = 0
        while position < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress! + position, bytes.count - position, off_t(position))
            precondition(count > 0, "no room in memory")
            position += count
        }
    }
}

/// A folder in memory, removed when the program ends as it should.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = "/dev/shm/fuzz-\(getpid())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let folder = path
        Folder.toRemove.withLock { $0.append(folder) }
        atexit { Folder.toRemove.withLock { for path in $0 { try? FileManager.default.removeItem(atPath: path) } } }
    }

    private static let toRemove = Mutex<[String]>([])

    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }
}

/// Every error is a sentence about a place that exists.
func check(_ error: AnnotationError) {
    precondition(error.message.hasSuffix("."), "no sentence: \(error.message)")
    precondition(error.message.utf8.count < 1_000, "a flood of words")
    precondition((error.line ?? 1) >= 1 && (error.column ?? 1) >= 1, "no such place: \(error)")
    precondition(error.code != .internalFault, "\(error)")
    precondition(error.code != .inputOutput && error.code != .badReference, "not the input's fault: \(error)")
}
