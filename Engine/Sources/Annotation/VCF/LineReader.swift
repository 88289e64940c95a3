import Foundation

/// The lines of a plain, gzip or BGZF text file, one at a time, without their line ends.
struct LineReader: ~Copyable {
    private var reader: UnpackedReader
    private var buffer = ByteBuffer(capacity: 1 << 20)
    private var position = 0
    /// Bytes after `position` that hold no line end.
    private var searched = 0
    private var atEnd = false
    private let name: String
    private let lineLimit: Int
    /// The number of the line last returned, 1-based.
    private(set) var lineNumber = 0

    /// - Parameter lineLimit: the longest line in bytes; what is not a sequence has no reason to be longer.
    init(path: String, name: String, lineLimit: Int = 64 << 20) throws(AnnotationError) {
        self.name = name
        self.lineLimit = lineLimit
        reader = try UnpackedReader(path: path, name: name)
    }

    /// The next line, valid until the next call; nil at the end.
    mutating func next() throws(AnnotationError) -> UnsafeBufferPointer<UInt8>? {
        while true {
            let start = buffer.base + position
            let left = buffer.count - position
            if let newline = memchr(start + searched, 10, left - searched) {
                let length = UnsafeMutableRawPointer(start).distance(to: newline)
                position += length + 1
                searched = 0
                return line(start, length)
            }
            if atEnd {
                if left == 0 { return nil }
                position = buffer.count
                searched = 0
                return line(start, left)
            }
            searched = left
            guard left <= lineLimit else {
                throw AnnotationError(
                    .limitExceeded, "\(name) has a line longer than \(lineLimit) bytes.", line: lineNumber + 1)
            }
            try readMore()
        }
    }

    private mutating func readMore() throws(AnnotationError) {
        buffer.removeFirst(position)
        position = 0
        do throws(AnnotationError) {
            if try reader.read(into: &buffer, limit: 1 << 18) == 0 { atEnd = true }
        } catch {
            throw error.located(after: buffer.bytes).shifted(byLines: lineNumber)
        }
    }

    private mutating func line(_ start: UnsafeMutablePointer<UInt8>, _ length: Int) -> UnsafeBufferPointer<UInt8> {
        lineNumber += 1
        let hasReturn = length > 0 && start[length - 1] == 13
        return UnsafeBufferPointer(start: start, count: hasReturn ? length - 1 : length)
    }
}

/// The tab-separated fields of a line.
struct Fields {
    let bytes: UnsafeBufferPointer<UInt8>
    private let ends: [Int]

    init(_ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8 = 9) {
        self.bytes = bytes
        var ends: [Int] = []
        for (index, byte) in bytes.enumerated() where byte == separator { ends.append(index) }
        ends.append(bytes.count)
        self.ends = ends
    }

    var count: Int { ends.count }
    subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
        bytes.slice(index == 0 ? 0 : ends[index - 1] + 1, ends[index])
    }
}

extension UnsafeBufferPointer where Element == UInt8 {
    /// A non-negative decimal number of at most 18 digits; nil for anything else.
    var decimal: Int? {
        guard count > 0 && count <= 18 else { return nil }
        var value = 0
        for byte in self {
            let digit = Int(byte) - 48
            guard digit >= 0 && digit <= 9 else { return nil }
            value = value * 10 + digit
        }
        return value
    }
}
