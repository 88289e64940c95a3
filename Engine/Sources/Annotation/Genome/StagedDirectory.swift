import Foundation

/// A directory that appears under its name only when it is complete and on disk.
final class StagedDirectory {
    private let final: String
    private let staging: String
    private var finished = false
    /// The files written so far and their sizes in bytes.
    private(set) var sizes: [String: Int] = [:]

    /// - Throws: ``AnnotationError/Code/inputOutput`` if something else than a reference is there, which is never removed.
    init(final: String) throws(AnnotationError) {
        self.final = final.hasSuffix("/") ? String(final.dropLast()) : final
        let files = FileManager.default
        guard !files.fileExists(atPath: final) || files.fileExists(atPath: self.final + "/manifest.json") else {
            throw AnnotationError(
                .inputOutput, "There is something at \(final) that is no reference; name another place.")
        }
        staging = self.final + ".building-\(getpid())"
        try? FileManager.default.removeItem(atPath: staging)
        do {
            try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
        } catch {
            throw StagedDirectory.failure("created")
        }
    }

    deinit {
        if !finished { try? FileManager.default.removeItem(atPath: staging) }
    }

    private static func failure(_ verb: String) -> AnnotationError {
        AnnotationError(.inputOutput, "The reference cannot be \(verb): \(String(cString: strerror(errno))).")
    }

    /// Writes a table of plain values and syncs it.
    func write<Element: BitwiseCopyable>(_ name: String, _ table: [Element]) throws(AnnotationError) {
        let descriptor = open(staging + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StagedDirectory.failure("written") }
        defer { close(descriptor) }
        let written = table.withUnsafeBytes { bytes in
            var position = 0
            while position < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress! + position, bytes.count - position)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                position += count
            }
            return true
        }
        guard written, fsync(descriptor) == 0 else { throw StagedDirectory.failure("written") }
        sizes[name] = table.count * MemoryLayout<Element>.stride
    }

    /// Writes the manifest and moves the directory to its place.
    func finish(_ manifest: ReferenceManifest) throws(AnnotationError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(manifest) else { throw StagedDirectory.failure("described") }
        try write("manifest.json", Array(data))
        try sync(staging)
        let old = final + ".old-\(getpid())"
        let replaces = rename(final, old) == 0
        guard rename(staging, final) == 0 else {
            if replaces { _ = rename(old, final) }
            throw StagedDirectory.failure("moved to its place")
        }
        finished = true
        if replaces { try? FileManager.default.removeItem(atPath: old) }
        let parent = (final as NSString).deletingLastPathComponent
        try sync(parent.isEmpty ? "." : parent)
    }

    private func sync(_ directory: String) throws(AnnotationError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StagedDirectory.failure("synced") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw StagedDirectory.failure("synced") }
    }
}
