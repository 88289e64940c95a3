import Foundation

/// A growable run of bytes, owned by one thread and reused from record to record.
///
/// Text is built here by copying and never as a `String`: the hot loop allocates nothing.
struct ByteBuffer: ~Copyable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private(set) var capacity: Int

    init(capacity: Int = 1 << 12) {
        self.capacity = max(capacity, 16)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    var isEmpty: Bool { count == 0 }
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }
    subscript(index: Int) -> UInt8 {
        get { base[index] }
        set { base[index] = newValue }
    }

    @inline(__always)
    mutating func reserve(_ extra: Int) {
        if count + extra <= capacity { return }
        grow(to: count + extra)
    }

    @inline(never)
    private mutating func grow(to needed: Int) {
        capacity = max(needed, capacity * 2)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }

    /// Empties the buffer and gives back what an exceptionally long record made it take.
    mutating func removeAll(keepingAtMost limit: Int) {
        count = 0
        if capacity <= limit { return }
        base.deallocate()
        capacity = limit
        base = .allocate(capacity: limit)
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
        reserve(length)
        if length >= 16 && length <= 64 { copyShort(start, length) } else { memcpy(base + count, start, length) }
        count += length
    }

    /// Copies 16 to 64 bytes from both ends, so that they meet or overlap in the middle; sooner done than a call of memcpy.
    @inline(__always)
    private func copyShort(_ start: UnsafePointer<UInt8>, _ length: Int) {
        let from = UnsafeRawPointer(start)
        let to = UnsafeMutableRawPointer(base + count)
        if length <= 32 {
            let (head, tail) = (
                from.loadUnaligned(as: SIMD16<UInt8>.self),
                from.loadUnaligned(fromByteOffset: length - 16, as: SIMD16<UInt8>.self)
            )
            to.storeBytes(of: head, as: SIMD16<UInt8>.self)
            to.storeBytes(of: tail, toByteOffset: length - 16, as: SIMD16<UInt8>.self)
        } else {
            let (head, tail) = (
                from.loadUnaligned(as: SIMD32<UInt8>.self),
                from.loadUnaligned(fromByteOffset: length - 32, as: SIMD32<UInt8>.self)
            )
            to.storeBytes(of: head, as: SIMD32<UInt8>.self)
            to.storeBytes(of: tail, toByteOffset: length - 32, as: SIMD32<UInt8>.self)
        }
    }

    /// Copies 32 bytes at a time, for short texts that are copied very often: room for `length + 31` bytes must have been
    /// reserved, and as many be readable from `start` on.
    @inline(__always)
    mutating func appendPadded(_ start: UnsafePointer<UInt8>, _ length: Int) {
        let from = UnsafeRawPointer(start)
        let to = UnsafeMutableRawPointer(base + count)
        var position = 0
        repeat {
            let bytes = (from + position).loadUnaligned(as: SIMD32<UInt8>.self)
            (to + position).storeBytes(of: bytes, as: SIMD32<UInt8>.self)
            position += 32
        } while position < length
        count += length
    }

    mutating func append(_ other: UnsafeBufferPointer<UInt8>) {
        guard let start = other.baseAddress else { return }
        append(start, other.count)
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        append(text.utf8Start, text.utf8CodeUnitCount)
    }

    /// For text that is not known when compiling; not for the hot loop.
    mutating func append(text: some StringProtocol) {
        for byte in text.utf8 { append(byte) }
    }

    mutating func append(repeating byte: UInt8, count times: Int) {
        reserve(times)
        memset(base + count, Int32(byte), times)
        count += times
    }

    @inline(__always)
    mutating func append(decimal value: Int) {
        if value >= 0 && value < 100_000 { appendShort(UInt32(truncatingIfNeeded: value)) } else { appendLong(value) }
    }

    /// Below 100,000, as nearly all numbers of an annotation are: the five digits are made at once, the zeros in front left out.
    @inline(__always)
    private mutating func appendShort(_ value: UInt32) {
        reserve(20)
        let skipped = value < 10 ? 4 : value < 100 ? 3 : value < 1000 ? 2 : value < 10_000 ? 1 : 0
        let place = base + count - skipped
        let (high, low) = (value / 100, value % 100)
        if skipped == 0 { place[0] = UInt8(truncatingIfNeeded: 48 + high / 100) }
        let middle = high % 100
        if skipped <= 1 { place[1] = UInt8(truncatingIfNeeded: 48 + middle / 10) }
        if skipped <= 2 { place[2] = UInt8(truncatingIfNeeded: 48 + middle % 10) }
        if skipped <= 3 { place[3] = UInt8(truncatingIfNeeded: 48 + low / 10) }
        place[4] = UInt8(truncatingIfNeeded: 48 + low % 10)
        count += 5 - skipped
    }

    private mutating func appendLong(_ value: Int) {
        reserve(20)
        var rest = value.magnitude
        if value < 0 {
            base[count] = UInt8(ascii: "-")
            count += 1
        }
        var digits = 1
        var bound: UInt = 10
        while rest >= bound, digits < 20 {
            digits += 1
            bound = bound.multipliedReportingOverflow(by: 10).partialValue
            if digits == 20 { break }
        }
        var place = base + count + digits
        for _ in 0..<digits {
            place -= 1
            place.pointee = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        }
        count += digits
    }

    mutating func removeAll() { count = 0 }
    mutating func truncate(to length: Int) { count = length }

    /// Room for `length` more bytes, which `body` fills from the pointer, returning how many it wrote.
    mutating func fill<Failure: Error>(
        upTo length: Int,
        _ body: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        reserve(length)
        let written = try body(base + count)
        count += written
        return written
    }

    /// Drops the first `length` bytes.
    mutating func removeFirst(_ length: Int) {
        memmove(base, base + length, count - length)
        count -= length
    }
}

extension UnsafeBufferPointer where Element == UInt8 {
    /// The bytes as text, damaged UTF-8 repaired; for messages and headers.
    var text: String { String(decoding: self, as: UTF8.self) }

    func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && memcmp(baseAddress ?? text.utf8Start, text.utf8Start, count) == 0
    }

    func hasPrefix(_ text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount && text.utf8CodeUnitCount > 0
            && memcmp(baseAddress!, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    func slice(_ from: Int, _ to: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: baseAddress.map { $0 + from }, count: to - from)
    }
}
