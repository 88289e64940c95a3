import Foundation
import GAS

/// Writes a zip file from its beginning to its end, without ever going back (PKWARE's APPNOTE 6.3.10): sizes and checksums
/// of an entry follow it, in a data descriptor (section 4.3.9), and all are repeated in the directory at the end.
///
/// Each call returns the bytes that come next. Entries of 4 GB and more, and files of that size, are written in the
/// Zip64 form (section 4.5.3).
package struct ZipStream {
    private struct Entry {
        let name: [UInt8]
        let start: UInt64
        let isLarge: Bool
        var checksum: UInt32 = 0
        var packed: UInt64 = 0
        var size: UInt64 = 0
    }

    private static let largest: UInt64 = 0xFFFF_FFFF
    /// Sizes follow the entry; names are UTF-8.
    private static let flags: UInt16 = 1 << 3 | 1 << 11
    private static let deflated: UInt16 = 8

    private let time: UInt16
    private let date: UInt16
    private var entries: [Entry] = []
    private var position: UInt64 = 0
    private var deflater: Deflater?

    /// - Parameter modified: what all entries are dated with, in UTC.
    package init(modified: Date) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: modified)
        let year = max(0, (parts.year ?? 1980) - 1980)
        date = UInt16(year << 9 | (parts.month ?? 1) << 5 | (parts.day ?? 1))
        time = UInt16((parts.hour ?? 0) << 11 | (parts.minute ?? 0) << 5 | (parts.second ?? 0) / 2)
    }

    /// Begins an entry.
    /// - Parameters:
    ///   - name: with `/` between folders.
    ///   - size: what it will have, or more; decides about Zip64.
    package mutating func begin(_ name: String, size: Int) throws -> [UInt8] {
        // A little is left for what compression adds to bytes that cannot be compressed.
        let entry = Entry(name: Array(name.utf8), start: position, isLarge: size >= 4_000_000_000)
        entries.append(entry)
        deflater = try Deflater()
        var bytes = Bytes()
        bytes.add(UInt32(0x0403_4B50))
        bytes.add(entry.isLarge ? UInt16(45) : 20)
        bytes.add(Self.flags)
        bytes.add(Self.deflated)
        bytes.add(time)
        bytes.add(date)
        bytes.add(UInt32(0))
        for _ in 1...2 { bytes.add(entry.isLarge ? UInt32(Self.largest) : 0) }
        bytes.add(UInt16(entry.name.count))
        bytes.add(entry.isLarge ? UInt16(20) : 0)
        bytes.all += entry.name
        if entry.isLarge {
            bytes.add(UInt16(1))
            bytes.add(UInt16(16))
            for _ in 1...2 { bytes.add(UInt64(0)) }
        }
        return passed(bytes)
    }

    /// Adds bytes to the entry.
    package mutating func add(_ content: [UInt8]) throws -> [UInt8] {
        guard let deflater else { throw GASError(.internal, "No entry of the zip file was begun.") }
        return passed(Bytes(all: try deflater.add(content)))
    }

    /// Ends the entry.
    package mutating func end() throws -> [UInt8] {
        guard let deflater, var entry = entries.popLast() else {
            throw GASError(.internal, "No entry of the zip file was begun.")
        }
        var bytes = Bytes(all: try deflater.finish())
        (entry.checksum, entry.packed, entry.size) = (deflater.checksum, deflater.written, deflater.read)
        guard entry.isLarge || max(entry.packed, entry.size) < Self.largest else {
            throw GASError(.internal, "An entry of the zip file has more bytes than were announced.")
        }
        self.deflater = nil
        entries.append(entry)
        bytes.add(UInt32(0x0807_4B50))
        bytes.add(entry.checksum)
        for size in [entry.packed, entry.size] {
            if entry.isLarge { bytes.add(size) } else { bytes.add(UInt32(size)) }
        }
        return passed(bytes)
    }

    /// Writes the directory, behind which nothing follows.
    package mutating func finish() -> [UInt8] {
        let start = position
        var bytes = Bytes()
        for entry in entries { addDirectoryEntry(entry, to: &bytes) }
        let size = UInt64(bytes.all.count)
        if entries.count >= 0xFFFF || start + size >= Self.largest { addLargeEnd(start: start, size: size, to: &bytes) }
        bytes.add(UInt32(0x0605_4B50))
        for _ in 1...2 { bytes.add(UInt16(0)) }
        for _ in 1...2 { bytes.add(UInt16(min(entries.count, 0xFFFF))) }
        bytes.add(UInt32(min(size, Self.largest)))
        bytes.add(UInt32(min(start, Self.largest)))
        bytes.add(UInt16(0))
        return passed(bytes)
    }

    private func addDirectoryEntry(_ entry: Entry, to bytes: inout Bytes) {
        let isLarge = entry.isLarge || entry.start >= Self.largest
        bytes.add(UInt32(0x0201_4B50))
        // Made under Unix, so that the permissions below are understood.
        bytes.add(UInt16(3 << 8 | 45))
        bytes.add(isLarge ? UInt16(45) : 20)
        bytes.add(Self.flags)
        bytes.add(Self.deflated)
        bytes.add(time)
        bytes.add(date)
        bytes.add(entry.checksum)
        for size in [entry.packed, entry.size] { bytes.add(isLarge ? UInt32(Self.largest) : UInt32(size)) }
        bytes.add(UInt16(entry.name.count))
        bytes.add(isLarge ? UInt16(28) : 0)
        for _ in 1...3 { bytes.add(UInt16(0)) }
        bytes.add(UInt32(0o100600) << 16)
        bytes.add(isLarge ? UInt32(Self.largest) : UInt32(entry.start))
        bytes.all += entry.name
        guard isLarge else { return }
        bytes.add(UInt16(1))
        bytes.add(UInt16(24))
        for number in [entry.size, entry.packed, entry.start] { bytes.add(number) }
    }

    /// Sections 4.3.14 and 4.3.15.
    private func addLargeEnd(start: UInt64, size: UInt64, to bytes: inout Bytes) {
        bytes.add(UInt32(0x0606_4B50))
        bytes.add(UInt64(44))
        bytes.add(UInt16(3 << 8 | 45))
        bytes.add(UInt16(45))
        for _ in 1...2 { bytes.add(UInt32(0)) }
        for _ in 1...2 { bytes.add(UInt64(entries.count)) }
        bytes.add(size)
        bytes.add(start)
        bytes.add(UInt32(0x0706_4B50))
        bytes.add(UInt32(0))
        bytes.add(start + size)
        bytes.add(UInt32(1))
    }

    private mutating func passed(_ bytes: Bytes) -> [UInt8] {
        position += UInt64(bytes.all.count)
        return bytes.all
    }
}

/// Numbers as a zip file holds them: the lowest byte first.
private struct Bytes {
    var all: [UInt8] = []

    mutating func add(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { all.append(contentsOf: $0) }
    }
}
