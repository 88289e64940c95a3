/// Writes entries of CSQ with other fields than the default ones.
struct CSQLayout {
    /// Where the value of a field comes from.
    private enum Source {
        /// The place in an entry of default fields.
        case entry(Int)
        /// The place among the transcript's attributes.
        case attribute(Int)
        case offset
        case pick
        case alleleNumber
    }

    let fields: [CSQField]
    private let sources: [Source]

    init(_ fields: [CSQField]) {
        self.fields = fields
        sources = fields.map { field in
            switch field {
            case .hgvsOffset: .offset
            case .pick: .pick
            case .alleleNumber: .alleleNumber
            // Behind the default fields, in an entry of a run that writes it.
            case .hgvsGenomic: .entry(CSQField.standard.count)
            default: field.attribute.map(Source.attribute) ?? .entry(field.index)
            }
        }
    }

    /// - Parameters:
    ///   - text: the entry with the default fields.
    ///   - attributes: the transcript's, joined by `|`; empty if there is no transcript.
    func write(
        _ entry: EntryList.Entry, _ text: FieldList, _ attributes: FieldList, to output: inout ByteBuffer
    ) {
        for (number, source) in sources.enumerated() {
            if number > 0 { output.append(UInt8(ascii: "|")) }
            switch source {
            case .entry(let place): output.append(text[place])
            case .attribute(let place): output.append(attributes[place])
            case .offset: if entry.offset != 0 { output.append(decimal: entry.offset) }
            case .pick: if entry.isPicked { output.append(UInt8(ascii: "1")) }
            case .alleleNumber: output.append(decimal: entry.allele + 1)
            }
        }
    }
}

/// Text that is separated by `|`, taken apart without copying.
struct FieldList {
    /// Room for the most fields that any text here has.
    private var ends: InlineArray<32, Int32> = .init(repeating: 0)
    private let text: UnsafeBufferPointer<UInt8>
    private(set) var count = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        if text.isEmpty { return }
        for (index, byte) in text.enumerated() where byte == UInt8(ascii: "|") && count < 31 {
            ends[count] = Int32(index)
            count += 1
        }
        ends[count] = Int32(text.count)
        count += 1
    }

    /// The field at a place; empty if the text has fewer.
    subscript(place: Int) -> UnsafeBufferPointer<UInt8> {
        guard place < count else { return UnsafeBufferPointer(start: nil, count: 0) }
        return text.slice(place == 0 ? 0 : Int(ends[place - 1]) + 1, Int(ends[place]))
    }
}
