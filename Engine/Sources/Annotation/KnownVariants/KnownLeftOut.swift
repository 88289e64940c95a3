/// Records of a source of known variants that do not fit the genome, and so are not compiled.
struct KnownLeftOut: Codable, Sendable {
    /// Records on contigs that the genome lacks.
    var unknownContig = 0
    /// Records outside their contig.
    var outsideContig = 0
    /// Records whose REF is not the genome's sequence.
    var differing = 0
    /// The line of the first of these, 1-based.
    var firstDiffering: Int?
    /// Records whose REF was compared.
    var checked = 0

    /// Why a source whose REF alleles disagree this often cannot be of this genome; nil if it can. Of another assembly
    /// three in four substitutions disagree, by chance; of the same one hardly any.
    func refusal(_ source: String) -> String? {
        guard differing * 3 > checked else { return nil }
        return
            "\(source) is of another assembly: \(Phrase.grouped(differing)) of \(Phrase.count(checked, "REF allele")) "
            + "disagree with the genome."
    }

    /// What is left out, as a sentence for people; nil if nothing is.
    func sentence(_ source: String) -> String? {
        var parts: [String] = []
        if unknownContig > 0 { parts.append("\(Phrase.grouped(unknownContig)) on contigs that the genome lacks") }
        if outsideContig > 0 { parts.append("\(Phrase.grouped(outsideContig)) outside their contig") }
        if differing > 0 {
            let first = firstDiffering.map { ", the first on line \($0)" } ?? ""
            parts.append("\(Phrase.grouped(differing)) whose REF is not the genome's\(first)")
        }
        if parts.isEmpty { return nil }
        return "\(Phrase.count(unknownContig + outsideContig + differing, "record")) of \(source) left out: "
            + parts.joined(separator: "; ") + "."
    }
}

extension KnownCompiler {
    /// The contig of a record that fits the genome there, around the origin of a circle too; nil, counted, for one that
    /// does not. Letters agree if they share a base, as of ``ReferenceStore/agrees(_:_:_:)``.
    mutating func fittingContig(
        _ name: String, position: Int, reference: [UInt8], line: Int
    ) -> Int? {
        guard let contig = numbers[name] else {
            leftOut.unknownContig += 1
            return nil
        }
        let length = genome.sequences[contig].length
        // An insertion before a base that follows the last one has its place behind the sequence.
        guard position <= length + (reference.isEmpty ? 1 : 0), reference.count <= length else {
            leftOut.outsideContig += 1
            return nil
        }
        leftOut.checked += 1
        let code = BaseTables.shared.code
        let agrees = reference.indices.allSatisfy { offset in
            let base = genome.base(contig, (position + offset - 1) % length + 1)
            return code[Int(reference[offset])] & code[Int(base)] != 0
        }
        if agrees { return contig }
        leftOut.differing += 1
        if leftOut.firstDiffering == nil { leftOut.firstDiffering = line }
        return nil
    }
}
