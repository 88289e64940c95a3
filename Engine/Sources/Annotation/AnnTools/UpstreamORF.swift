/// Whether a change makes or breaks an ATG in a 5' UTR, where an upstream open reading frame could begin.
struct UpstreamORF {
    enum Change {
        case gained
        case lost
    }

    private let transcript: Transcript
    /// The changed bases of the cDNA, 1-based and closed; of an insertion `start == end + 1`.
    private let start: Int
    private let end: Int
    /// The alternate bases on the transcript's strand.
    private let bases: UnsafeBufferPointer<UInt8>

    /// nil unless the change lies in the 5' UTR with all of its bases.
    init?(_ place: TranscriptPlace, _ bases: UnsafeBufferPointer<UInt8>, on transcript: Transcript) {
        guard transcript.isCoding, place.cdnaStart > 0, place.cdnaEnd > 0, place.cdnaEnd < transcript.codingStart
        else { return nil }
        self.transcript = transcript
        self.bases = bases
        start = place.cdnaStart
        end = place.cdnaEnd
    }

    /// Of several ATG that come and go, a loss counts before a gain.
    var change: Change? {
        // The windows of three bases that the change touches, before and after it.
        let first = max(1, start - 2)
        let last = min(transcript.codingStart - 1, end + 2)
        let growth = bases.count - (end - start + 1)
        var before = 0
        var after = 0
        var lost = false
        for position in stride(from: first, through: last - 2, by: 1) where isStart(position, reference) {
            before += 1
            if growth == 0 && !isStart(position, alternate) { lost = true }
        }
        for position in stride(from: first, through: last + growth - 2, by: 1) where isStart(position, alternate) {
            after += 1
        }
        if lost || after < before { return .lost }
        return after > before ? .gained : nil
    }

    private func isStart(_ position: Int, _ base: (Int) -> UInt8) -> Bool {
        base(position) == UInt8(ascii: "A") && base(position + 1) == UInt8(ascii: "T")
            && base(position + 2) == UInt8(ascii: "G")
    }

    private func reference(_ position: Int) -> UInt8 { transcript.spliced[position - 1] }

    private func alternate(_ position: Int) -> UInt8 {
        if position < start { return reference(position) }
        if position < start + bases.count { return bases[position - start] }
        return reference(position - bases.count + end - start + 1)
    }
}
