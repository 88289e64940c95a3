import Crypto
import Foundation

/// A file in parts, with the SHA-256 of the whole and of each part, for which it is read once.
struct HashedFile: Sendable {
    struct Part: Sendable {
        let file: FilePart
        let sha256: String
    }

    /// In lower-case hexadecimal, as those of the parts.
    let sha256: String
    let parts: [Part]

    /// Reads a file.
    /// - Parameter size: bytes of each part but the last.
    init(_ whole: FilePart, inPartsOf size: Int) throws {
        var (all, current, count) = (SHA256(), SHA256(), 0)
        var parts: [Part] = []
        func end() {
            let file = FilePart(path: whole.path, offset: whole.offset + parts.count * size, count: count)
            parts.append(Part(file: file, sha256: current.finalize().hexadecimal))
            (current, count) = (SHA256(), 0)
        }
        try whole.read { piece in
            all.update(data: piece)
            var rest = piece[...]
            while !rest.isEmpty {
                let head = rest.prefix(size - count)
                current.update(data: head)
                count += head.count
                rest = rest.dropFirst(head.count)
                if count == size { end() }
            }
        }
        if count > 0 { end() }
        sha256 = all.finalize().hexadecimal
        self.parts = parts
    }
}
