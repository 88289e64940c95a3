import Crypto
import Foundation
import GAS

/// What a file must be, as the list beside it on its server says.
public enum Checksum: Sendable, Hashable {
    /// MD5 in lower-case hexadecimal: NCBI and UCSC.
    case md5(String)
    /// SHA-256 in lower-case hexadecimal.
    case sha256(String)
    /// The 16-bit sum and the number of 1024-byte blocks that BSD's `sum` prints: Ensembl.
    case bsd(sum: Int, blocks: Int)

    /// Finds a file's line in a list.
    ///
    /// Lines are `HEX  NAME` as `md5sum` and `sha256sum` write them (a `*` before the name means binary), or `SUM BLOCKS NAME`.
    /// - Parameters:
    ///   - list: the text of the list.
    ///   - name: the file's name without folders.
    public init?(for name: String, in list: String) {
        for line in list.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let last = words.last?.split(separator: "/").last, last.drop(while: { $0 == "*" }) == name else {
                continue
            }
            if words.count == 3, let sum = Int(words[0]), let blocks = Int(words[1]) {
                self = .bsd(sum: sum, blocks: blocks)
                return
            }
            let digits = words[0].lowercased()
            guard words.count == 2, digits.allSatisfy(\.isHexDigit) else { continue }
            switch digits.count {
            case 32: self = .md5(digits)
            case 64: self = .sha256(digits)
            default: continue
            }
            return
        }
        return nil
    }

    /// Whether a file is what it must be. Reads it a piece at a time.
    public func matches(file: String) throws -> Bool {
        switch self {
        case .md5(let expected):
            var hash = Insecure.MD5()
            try Checksum.read(file) { hash.update(data: $0) }
            return Checksum.hexadecimal(hash.finalize()) == expected
        case .sha256(let expected):
            var hash = SHA256()
            try Checksum.read(file) { hash.update(data: $0) }
            return Checksum.hexadecimal(hash.finalize()) == expected
        case .bsd(let sum, let blocks):
            var hash = BSDSum()
            try Checksum.read(file) { hash.update($0) }
            return hash.sum == sum && hash.blocks == blocks
        }
    }

    private static func read(_ path: String, _ body: (Data) -> Void) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw GASError(.notFound, "The downloaded file \(path) is not there any more.")
        }
        defer { try? file.close() }
        while let bytes = try file.read(upToCount: 1 << 20), !bytes.isEmpty { body(bytes) }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// The sum of BSD's `sum`: each byte is added to the 16-bit sum, which is first rotated to the right by one bit
/// (coreutils, `sum.c`).
private struct BSDSum {
    private(set) var sum = 0
    private var bytes = 0

    /// Rounded up.
    var blocks: Int { (bytes + 1023) / 1024 }

    mutating func update(_ data: Data) {
        var sum = sum
        data.withUnsafeBytes { for byte in $0 { sum = ((sum >> 1) + ((sum & 1) << 15) + Int(byte)) & 0xFFFF } }
        self.sum = sum
        bytes += data.count
    }
}
