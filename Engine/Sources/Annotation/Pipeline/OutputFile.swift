import Foundation

/// The result file: written under a temporary name beside its place and moved there when it is complete, so that a run
/// that fails leaves nothing behind. What is there and no file, such as a pipe or `/dev/stdout`, is written to as it is.
final class OutputFile {
    private let path: String
    /// What the file is, for sentences.
    private let content: StaticString
    /// The temporary name; nil if there is no need of one.
    private let partial: String?
    private var descriptor: Int32
    let isCompressed: Bool
    /// Bytes written.
    private(set) var size = 0

    /// - Parameters:
    ///   - isRaw: what is written is stored as it is, whatever the file is called.
    ///   - content: what the file is, for sentences.
    init(path: String, isRaw: Bool = false, content: StaticString) throws(AnnotationError) {
        self.path = path
        self.content = content
        partial = OutputFile.isSpecial(path) ? nil : path + ".partial"
        isCompressed = !isRaw && (path.hasSuffix(".gz") || path.hasSuffix(".bgz"))
        descriptor = open(partial ?? path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw failure() }
    }

    deinit { removePartial() }

    private func removePartial() {
        if descriptor < 0 { return }
        close(descriptor)
        if let partial { unlink(partial) }
    }

    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }

    /// Gives the file up.
    func discard() {
        removePartial()
        descriptor = -1
    }

    private func failure() -> AnnotationError {
        AnnotationError(.inputOutput, "\(content) cannot be written: \(String(cString: strerror(errno))).")
    }

    func write(_ bytes: [UInt8]) throws(AnnotationError) {
        try bytes.withUnsafeBufferPointer { bytes throws(AnnotationError) in try write(bytes) }
    }

    func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(AnnotationError) {
        size += bytes.count
        var position = 0
        while position < bytes.count {
            let count = Foundation.write(descriptor, bytes.baseAddress! + position, bytes.count - position)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { throw failure() }
            position += count
        }
    }

    /// Completes the file under its temporary name: the end marker. Whoever keeps the file sees to it that it survives a
    /// power failure, as the service's object store does: waiting for the disk here would take longer than annotating.
    func complete() throws(AnnotationError) {
        if isCompressed {
            try write(BlockWriter.endMarker)
        }
    }

    /// Gives the completed file its name.
    func publish() throws(AnnotationError) {
        let result = close(descriptor)
        descriptor = -1
        if result != 0 { throw failure() }
        guard let partial else { return }
        guard rename(partial, path) == 0 else {
            unlink(partial)
            throw failure()
        }
    }

    /// Takes a published file back.
    func retract() {
        if partial != nil { unlink(path) }
    }
}
