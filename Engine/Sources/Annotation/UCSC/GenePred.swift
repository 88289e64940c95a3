/// Gene models in UCSC's genePredExt: name, chrom, strand, txStart, txEnd, cdsStart, cdsEnd, exonCount, exonStarts,
/// exonEnds, score, name2, cdsStartStat, cdsEndStat, exonFrames; 0-based, half-open.
enum GenePred {
    /// The transcripts on known contigs, in the order of the file.
    static func read(
        _ path: String, numbers: [String: Int], lengths: [Int], geneticCodes: [Int: Int]
    ) throws(AnnotationError) -> [GeneModel] {
        var rows = try UCSCRows(path: path)
        var models: [GeneModel] = []
        while let fields = try rows.next() {
            // The strand stands at 2, or behind a bin at 3.
            let row = UCSCRow(fields, hasBin: fields.count > 3 && isStrand(fields[3]))
            guard row.count >= 10, isStrand(row[2]) else { throw rows.error("is no table of gene models.") }
            guard let contig = numbers[row.text(1)] else { continue }
            guard var model = model(row, contig), model.end <= lengths[contig] else {
                throw rows.error("has a transcript with impossible exons.")
            }
            if !model.coding.isEmpty { model.geneticCode = geneticCodes[contig] }
            models.append(model)
        }
        return models
    }

    private static func isStrand(_ field: UnsafeBufferPointer<UInt8>) -> Bool { field.equals("+") || field.equals("-") }

    private static func model(_ row: UCSCRow, _ contig: Int) -> GeneModel? {
        let starts = list(row.text(8))
        let ends = list(row.text(9))
        guard let codingStart = row[5].decimal, let codingEnd = row[6].decimal, !starts.isEmpty,
            starts.count == ends.count, zip(starts, ends).allSatisfy({ $0 < $1 }),
            zip(ends, starts.dropFirst()).allSatisfy({ $0 <= $1 })
        else { return nil }
        let isForward = row[2].equals("+")
        let gene = row.text(11).isEmpty ? row.text(0) : row.text(11)
        let isCoding = codingStart < codingEnd
        var model = GeneModel(
            id: row.text(0),
            name: row.text(0),
            gene: gene,
            symbol: gene,
            symbolSource: "RefSeq",
            biotype: isCoding ? "protein_coding" : "misc_RNA",
            contig: contig,
            isForward: isForward,
            exons: zip(starts, ends).map { ($0 + 1, $1) }
        )
        if isCoding {
            let frames = row.text(14).split(separator: ",").map { Int($0) ?? -1 }
            for (index, exon) in zip(starts, ends).enumerated() {
                let low = max(exon.0, codingStart)
                let high = min(exon.1, codingEnd)
                if low >= high { continue }
                let frame = index < frames.count ? max(0, frames[index]) : 0
                // A frame counts the bases of the codon before the exon, GFF3's phase those still to come.
                model.coding.append((low + 1, high, (3 - frame) % 3))
            }
            // The states of the ends follow the genome, not the transcript.
            let ends = isForward ? (row.text(12), row.text(13)) : (row.text(13), row.text(12))
            if ends.0 == "incmpl" { model.tags.append("cds_start_NF") }
            if ends.1 == "incmpl" { model.tags.append("cds_end_NF") }
        }
        return model
    }

    /// `10,20,30,`
    private static func list(_ text: String) -> [Int] { text.split(separator: ",").compactMap { Int($0) } }
}
