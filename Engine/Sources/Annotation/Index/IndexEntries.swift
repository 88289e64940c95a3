import Foundation

/// Where the records of a run of lines lie: what an index needs to know of them. Made by a worker, used in order.
struct IndexEntries: ~Copyable {
    /// A record: its first byte among the bytes at hand, its contig among ``contigs``, its place 0-based and half-open.
    struct Entry {
        var offset: Int
        var contig: Int32
        var start: Int
        var end: Int
    }

    private(set) var entries: [Entry] = []
    /// The names of the contigs, one for each run of records.
    private(set) var contigs: [[UInt8]] = []

    /// Reads the lines of `text`, which are records of VCF or empty.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) {
        entries.removeAll(keepingCapacity: true)
        contigs.removeAll(keepingCapacity: true)
        var position = 0
        while position < text.count {
            let newline = memchr(text.baseAddress! + position, 10, text.count - position)
            let end = newline.map { UnsafeRawPointer(text.baseAddress!).distance(to: $0) } ?? text.count
            read(text.slice(position, end), at: position)
            position = end + 1
        }
    }

    private mutating func read(_ line: UnsafeBufferPointer<UInt8>, at offset: Int) {
        var starts = (0, 0, 0, 0, 0, 0, 0)
        var position = 0
        let isRecord = withUnsafeMutableBytes(of: &starts) { raw in
            let starts = raw.bindMemory(to: Int.self)
            for column in 0..<7 {
                guard position <= line.count, let base = line.baseAddress,
                    let tab = memchr(base + position, 9, line.count - position)
                else { return false }
                position = UnsafeRawPointer(base).distance(to: tab) + 1
                starts[column] = position
            }
            return true
        }
        guard isRecord else { return }
        let name = line.slice(0, starts.0 - 1)
        if contigs.last.map({ $0.count == name.count && name.elementsEqual($0) }) != true {
            contigs.append(Array(name))
        }
        let start = max(0, (line.slice(starts.0, starts.1 - 1).decimal ?? 0) - 1)
        let length = starts.3 - starts.2 - 1
        let end = max(start + length, IndexEntries.statedEnd(line.slice(starts.6, line.count), start))
        entries.append(Entry(offset: offset, contig: Int32(contigs.count - 1), start: start, end: end))
    }

    /// The end that INFO states by END or SVLEN (VCF 4.3, section 3); 0 if it states none. Readers of the index may go by one
    /// or the other: the larger one finds the record either way.
    private static func statedEnd(_ rest: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var end = 0
        var position = 0
        while position < rest.count {
            let field = rest.slice(position, rest.count)
            if field.hasPrefix("END=") {
                end = max(end, number(field.slice(4, field.count)))
            } else if field.hasPrefix("SVLEN=") {
                end = max(end, start + 1 + number(field.slice(6, field.count)))
            }
            let length = field.firstIndex { $0 == UInt8(ascii: ";") || $0 == 9 } ?? field.count
            if length < field.count && field[length] == 9 { break }
            position += length + 1
        }
        return end
    }

    /// The largest of numbers that commas separate, without their signs; beyond what an index can hold they do not differ.
    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var largest = 0
        var value = 0
        for byte in text {
            if (48...57).contains(byte) {
                value = min(value * 10 + Int(byte) - 48, 1 << 40)
            } else if byte == UInt8(ascii: ",") {
                value = 0
            } else if byte != UInt8(ascii: "-") {
                break
            }
            largest = max(largest, value)
        }
        return largest
    }
}
