/// `|term|IMPACT` for each consequence at a fixed address: most entries have one term, and are one copy then.
struct ConsequenceText: @unchecked Sendable {
    static let shared = ConsequenceText()
    private struct Text {
        let start: UnsafePointer<UInt8>
        let count: Int
        let termCount: Int
    }
    private let texts: UnsafePointer<Text>

    private init() {
        let count = Consequence.allCases.count
        let table = UnsafeMutablePointer<Text>.allocate(capacity: count)
        for consequence in Consequence.allCases {
            let text = Array("|\(consequence.term)|\(consequence.impact.word)".utf8)
            let place = UnsafeMutablePointer<UInt8>.allocate(capacity: text.count)
            place.initialize(from: text, count: text.count)
            (table + Int(consequence.rawValue)).initialize(
                to: Text(
                    start: UnsafePointer(place), count: text.count, termCount: consequence.term.utf8CodeUnitCount))
        }
        texts = UnsafePointer(table)
    }

    @inline(__always)
    func write(_ bit: Int, to output: inout ByteBuffer) {
        output.append(texts[bit].start, texts[bit].count)
    }

    @inline(__always)
    func writeTerm(_ bit: Int, to output: inout ByteBuffer) {
        output.append(texts[bit].start + 1, texts[bit].termCount)
    }
}
