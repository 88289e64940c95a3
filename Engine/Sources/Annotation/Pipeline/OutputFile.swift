import Foundation

/// The result file: written under a temporary name beside its place and moved there when it is complete, so that a run
/// that fails leaves nothing behind.
struct OutputFile: ~Copyable {
    private let path: String
    private let partial: String
    private var descriptor: Int32
    let isCompressed: Bool

    init(path: String) throws(AnnotationError) {
        self.path = path
        partial = path + ".partial"
        isCompressed = path.hasSuffix(".gz") || path.hasSuffix(".bgz")
        descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw OutputFile.failure() }
    }

    deinit { removePartial() }

    private func removePartial() {
        if descriptor < 0 { return }
        close(descriptor)
        unlink(partial)
    }

    /// Gives the file up.
    mutating func discard() {
        removePartial()
        descriptor = -1
    }

    private static func failure() -> AnnotationError {
        AnnotationError(.inputOutput, "The result cannot be written: \(String(cString: strerror(errno))).")
    }

    func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(AnnotationError) {
        var position = 0
        while position < bytes.count {
            let count = Foundation.write(descriptor, bytes.baseAddress! + position, bytes.count - position)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { throw OutputFile.failure() }
            position += count
        }
    }

    /// Completes the file: the end marker, the disk, the name.
    mutating func finish() throws(AnnotationError) {
        if isCompressed {
            try BlockWriter.endMarker.withUnsafeBufferPointer { bytes throws(AnnotationError) in try write(bytes) }
        }
        guard fsync(descriptor) == 0 else { throw OutputFile.failure() }
        close(descriptor)
        descriptor = -1
        guard rename(partial, path) == 0 else {
            unlink(partial)
            throw OutputFile.failure()
        }
    }
}
