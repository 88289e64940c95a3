/// A growable list of plain values, owned by one worker and reused: no reference counting, no check of uniqueness.
struct List<Element: BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private var capacity = 256

    init() { base = .allocate(capacity: capacity) }
    /// A list of equal elements.
    init(repeating element: Element, count: Int) {
        self.count = count
        capacity = max(count, 1)
        base = .allocate(capacity: capacity)
        base.initialize(repeating: element, count: count)
    }

    deinit { base.deallocate() }

    @inline(__always)
    subscript(index: Int) -> Element {
        get { base[index] }
        set { base[index] = newValue }
    }
    var indices: Range<Int> { 0..<count }
    var isEmpty: Bool { count == 0 }

    mutating func removeAll() { count = 0 }
    mutating func truncate(to length: Int) { count = length }

    /// Keeps the elements for which `holds` is true, in their order.
    @inline(__always)
    mutating func keep(_ holds: (Element) -> Bool) {
        var kept = 0
        for index in 0..<count where holds(base[index]) {
            base[kept] = base[index]
            kept += 1
        }
        count = kept
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        reserve(1)
        base[count] = element
        count += 1
    }

    mutating func append(_ start: UnsafePointer<Element>, _ length: Int) {
        reserve(length)
        (base + count).update(from: start, count: length)
        count += length
    }

    mutating func insert(_ element: Element, at place: Int) {
        reserve(1)
        (base + place + 1).update(from: base + place, count: count - place)
        base[place] = element
        count += 1
    }

    @inline(__always)
    private mutating func reserve(_ extra: Int) {
        if count + extra > capacity { grow(to: count + extra) }
    }

    private mutating func grow(to needed: Int) {
        capacity = max(needed, capacity * 2)
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }
}

/// Numbers of records in a table.
typealias NumberList = List<UInt32>

/// An interval, closed.
struct Interval: BitwiseCopyable {
    var low: Int
    var high: Int
}
