import Foundation
import GAS

/// Reads `multipart/form-data` (RFC 7578) piece by piece as it comes from the network.
///
/// The body is `--boundary`, a header block and content per part, each part ended by a line end and `--boundary`, the
/// last one by `--boundary--`. Bytes go in through `parse`, events come out; between two calls only as much is kept as
/// could still turn out to be part of a delimiter or of a header block, so memory stays small whatever is sent.
package struct MultipartParser: Sendable {
    /// What was found.
    package enum Event: Sendable, Equatable {
        /// A part begins. `fileName` is `nil` for a plain field.
        case part(name: String, fileName: String?)
        /// Bytes of the current part.
        case content(ArraySlice<UInt8>)
        /// The current part is complete.
        case partEnd
        /// The closing delimiter was read; whatever follows is ignored.
        case end
    }

    private enum State {
        case preamble, delimiter, headers, content, done
    }

    /// CR, LF, two dashes and the boundary: what ends each part.
    private let delimiter: [UInt8]
    private let headerLimit: Int
    private var state = State.preamble
    private var buffer: [UInt8]

    /// - Parameters:
    ///   - boundary: from the content type.
    ///   - headerLimit: largest header block of a part, in bytes.
    package init(boundary: String, headerLimit: Int = 8 << 10) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.headerLimit = headerLimit
        // The first delimiter may stand at the very beginning; a line end put before it makes it like the others.
        buffer = [0x0D, 0x0A]
    }

    /// The boundary of a content type, or `nil` when it is not `multipart/form-data` or breaks RFC 2046's rules.
    package static func boundary(ofContentType text: String) -> String? {
        var parts = text.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        guard !parts.isEmpty, parts.removeFirst().lowercased() == "multipart/form-data" else { return nil }
        guard let parameter = parts.first(where: { $0.lowercased().hasPrefix("boundary=") }) else { return nil }
        var value = parameter.dropFirst("boundary=".count)
        if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
        let isLegal = value.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
        return (1...70).contains(value.utf8.count) && isLegal && value.last != " " ? String(value) : nil
    }

    /// Takes the next bytes.
    /// - Throws: `invalid` when they cannot be multipart.
    package mutating func parse(_ bytes: some Sequence<UInt8>) throws -> [Event] {
        guard state != .done else { return [] }
        buffer.append(contentsOf: bytes)
        var events: [Event] = []
        var position = 0
        while let next = try step(from: position, into: &events) { position = next }
        buffer.removeFirst(min(position, buffer.count))
        return events
    }

    /// Does as much as one state allows.
    /// - Returns: where to go on, or `nil` when more bytes are needed.
    private mutating func step(from position: Int, into events: inout [Event]) throws -> Int? {
        switch state {
        case .preamble: try skipPreamble(from: position)
        case .delimiter: try readDelimiterEnd(from: position, into: &events)
        case .headers: try readHeaders(from: position, into: &events)
        case .content: readContent(from: position, into: &events)
        case .done: nil
        }
    }

    private mutating func skipPreamble(from position: Int) throws -> Int? {
        guard let start = find(delimiter, from: position) else {
            guard buffer.count - position <= headerLimit else { throw Self.malformed("It has no first boundary.") }
            return nil
        }
        state = .delimiter
        return start + delimiter.count
    }

    /// What follows a boundary: `--` at the very end, or optional white space and a line end.
    private mutating func readDelimiterEnd(from position: Int, into events: inout [Event]) throws -> Int? {
        guard buffer.count >= position + 2 else { return nil }
        if buffer[position] == 0x2D, buffer[position + 1] == 0x2D {
            state = .done
            events.append(.end)
            return buffer.count
        }
        var end = position
        while end < buffer.count, buffer[end] == 0x20 || buffer[end] == 0x09 { end += 1 }
        guard end - position <= headerLimit else { throw Self.malformed("A boundary does not end.") }
        guard buffer.count >= end + 2 else { return nil }
        guard buffer[end] == 0x0D, buffer[end + 1] == 0x0A else {
            throw Self.malformed("A boundary is followed by something else.")
        }
        state = .headers
        // The line end stays, so that a part without any header ends its header block like all others.
        return end
    }

    private mutating func readHeaders(from position: Int, into events: inout [Event]) throws -> Int? {
        guard let end = find([0x0D, 0x0A, 0x0D, 0x0A], from: position) else {
            guard buffer.count - position <= headerLimit else { throw Self.malformed("A part's header is too long.") }
            return nil
        }
        guard end - position <= headerLimit else { throw Self.malformed("A part's header is too long.") }
        let header = try PartHeader(String(decoding: buffer[position..<end], as: UTF8.self))
        events.append(.part(name: header.name, fileName: header.fileName))
        state = .content
        return end + 4
    }

    private mutating func readContent(from position: Int, into events: inout [Event]) -> Int? {
        if let end = find(delimiter, from: position) {
            if end > position { events.append(.content(buffer[position..<end])) }
            events.append(.partEnd)
            state = .delimiter
            return end + delimiter.count
        }
        // The last bytes may be the beginning of a delimiter.
        let safe = buffer.count - (delimiter.count - 1)
        guard safe > position else { return nil }
        events.append(.content(buffer[position..<safe]))
        return safe
    }

    /// Where a pattern first occurs at or behind a position.
    private func find(_ pattern: [UInt8], from position: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            var start = position
            while start + pattern.count <= bytes.count {
                // Only places where the whole pattern has room are of interest.
                let room = bytes.count - pattern.count - start + 1
                guard let base = bytes.baseAddress, let hit = memchr(base + start, Int32(pattern[0]), room)
                else { return nil }
                start = base.distance(to: UnsafeRawPointer(hit))
                if memcmp(hit, pattern, pattern.count) == 0 { return start }
                start += 1
            }
            return nil
        }
    }

    static func malformed(_ detail: String) -> GASError {
        GASError(.invalid, "The upload is not a proper form. \(detail)")
    }
}
