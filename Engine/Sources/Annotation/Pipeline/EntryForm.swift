/// The entry of one transcript as a form to fill in: beside a transcript or deep in an intron, the entries of changes
/// differ in a few places only.
///
/// Nine of ten entries of a genome are of this kind. The first of them is written the long way, by the code that knows
/// all rules, and what it wrote becomes the form for those that follow.
struct EntryForm: BitwiseCopyable {
    /// What differs from one change to the next.
    enum Gap: UInt8 {
        case allele, known, hgvs, distance, genomic
    }

    /// A gap in the text, which stands behind the byte before `offset`.
    struct Place: BitwiseCopyable {
        var offset: Int32 = 0
        var gap = Gap.allele
    }

    /// The number of the transcript; none has the number -1.
    var transcript: Int32 = -1
    /// Where a change must lie, with the bases on both sides of an insertion: 1-based, closed.
    var low: Int32 = 0
    var high: Int32 = 0
    /// The base from which distances count: an end of the transcript or of an exon.
    var border: Int32 = 0
    /// The gene in which the change lies; -1 if it lies beside it.
    var gene: Int32 = -1
    var isForward = true
    var terms = ConsequenceSet()
    /// Bytes of the text without what stands in the gaps.
    var count: Int32 = 0
    /// Bytes behind the text: the beginning of HGVSc up to the distance, as in `ENST0:c.12+`.
    var prefixCount: Int32 = 0
    var places = InlineArray<4, Place>(repeating: Place())
    var placeCount = 0
}

/// Where an entry that is written the long way has its gaps, in places of the output.
struct EntryMarks {
    struct Mark {
        var gap = EntryForm.Gap.allele
        var start = 0
        var end = 0
    }

    private var marks = InlineArray<4, Mark>(repeating: Mark())
    private(set) var count = 0

    subscript(index: Int) -> Mark { marks[index] }
    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func add(_ gap: EntryForm.Gap, from start: Int, to end: Int) {
        marks[count] = Mark(gap: gap, start: start, end: end)
        count += 1
    }
}

/// The forms of one worker: one for each transcript nearby, found by its number. A form that is wanted for another
/// transcript gives way.
struct EntryForms: ~Copyable {
    /// A power of two, and so many more than the transcripts of a place that these rarely drive each other out.
    private static let count = 1024
    /// Longer entries are always written the long way.
    static let textLimit = 416
    /// Room behind each text, because texts are copied 32 bytes at a time.
    private static let stride = textLimit + 64

    private let forms: UnsafeMutablePointer<EntryForm>
    private let texts: UnsafeMutablePointer<UInt8>

    init() {
        forms = .allocate(capacity: EntryForms.count)
        forms.initialize(repeating: EntryForm(), count: EntryForms.count)
        texts = .allocate(capacity: EntryForms.count * EntryForms.stride)
        texts.initialize(repeating: 0, count: EntryForms.count * EntryForms.stride)
    }

    deinit {
        forms.deallocate()
        texts.deallocate()
    }

    /// The form for a change on a transcript; nil if there is none.
    @inline(__always)
    func form(_ transcript: UInt32, _ change: Change) -> UnsafePointer<EntryForm>? {
        let form = forms + Int(transcript) & (EntryForms.count - 1)
        let fits =
            form.pointee.transcript == Int32(bitPattern: transcript) && change.low >= Int(form.pointee.low)
            && change.high <= Int(form.pointee.high)
        return fits ? UnsafePointer(form) : nil
    }

    @inline(__always)
    func text(of form: UnsafePointer<EntryForm>) -> UnsafePointer<UInt8> {
        UnsafePointer(texts + (form - UnsafePointer(forms)) * EntryForms.stride)
    }

    /// Keeps an entry as a form: `entry` without the parts that are marked, and behind it the prefix of HGVSc.
    func keep(
        _ form: EntryForm, _ output: borrowing ByteBuffer, from start: Int, _ marks: EntryMarks, prefix: Range<Int>
    ) {
        let slot = Int(form.transcript) & (EntryForms.count - 1)
        let length = output.count - start + prefix.count
        guard length <= EntryForms.textLimit else { return }
        var form = form
        var text = texts + slot * EntryForms.stride
        var position = start
        func copy(to end: Int) {
            text.update(from: output.base + position, count: end - position)
            text += end - position
            form.count += Int32(end - position)
        }
        for index in 0..<marks.count {
            copy(to: marks[index].start)
            form.places[index] = EntryForm.Place(offset: form.count, gap: marks[index].gap)
            position = marks[index].end
        }
        copy(to: output.count)
        form.placeCount = marks.count
        text.update(from: output.base + prefix.lowerBound, count: prefix.count)
        form.prefixCount = Int32(prefix.count)
        forms[slot] = form
    }
}
