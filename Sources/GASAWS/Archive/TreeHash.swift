import Crypto
import Foundation

/// Glacier's checksum: SHA-256 of each mebibyte, then of each pair of neighbours, until one is left.
/// See https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations.html.
struct TreeHash {
    static let leafBytes = 1 << 20

    private var leaves: [[UInt8]] = []
    private var leaf = SHA256()
    private var filled = 0

    /// Takes the next bytes.
    mutating func update(_ bytes: Data) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.leafBytes - filled)
            leaf.update(data: piece)
            filled += piece.count
            rest = rest.dropFirst(piece.count)
            if filled == Self.leafBytes { endLeaf() }
        }
    }

    /// The checksum of everything, in lower-case hexadecimal.
    mutating func finalize() -> String {
        if filled > 0 || leaves.isEmpty { endLeaf() }
        var level = leaves
        while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map { index in
                guard index + 1 < level.count else { return level[index] }
                return Array(SHA256.hash(data: level[index] + level[index + 1]))
            }
        }
        return level[0].hexadecimal
    }

    private mutating func endLeaf() {
        leaves.append(Array(leaf.finalize()))
        leaf = SHA256()
        filled = 0
    }
}

extension FilePart {
    /// Both checksums that a vault wants of what it gets, in lower-case hexadecimal.
    func vaultChecksums() throws -> (sha256: String, tree: String) {
        var (hash, tree) = (SHA256(), TreeHash())
        try read { bytes in
            hash.update(data: bytes)
            tree.update(bytes)
        }
        return (hash.finalize().hexadecimal, tree.finalize())
    }
}
