import Foundation

/// Known variants in UCSC's dump of dbSNP (`snp130` and later). Without the bin: chrom, chromStart, chromEnd, name, score,
/// strand, refNCBI, refUCSC, observed, molType, class, valid, avHet, avHetSE, func, locType, weight; from `snp132` on:
/// exceptions, submitterCount, submitters, alleleFreqCount, alleles, alleleNs, alleleFreqs, bitfields.
extension KnownCompiler {
    private static let snpColumns = [
        identifierColumn,
        Column(key: "VALID", number: "1", type: "String", description: "how the variant was validated"),
        Column(key: "VC", number: "1", type: "String", description: "class of the variant"),
        Column(key: "AF", number: "A", type: "Float", description: "frequency of the allele"),
        Column(key: "GMAF", number: "1", type: "Float", description: "frequency of the second most common allele"),
        Column(key: "HET", number: "1", type: "Float", description: "average heterozygosity"),
    ]

    mutating func readSNPs() throws(AnnotationError) {
        columns = KnownCompiler.snpColumns.filter { source.columns?.contains($0.key) ?? true }
        var rows = try UCSCRows(path: source.path)
        while let fields = try rows.next() {
            guard fields.count >= 12 else { throw rows.error("has too few columns for a table of dbSNP.") }
            let row = UCSCRow(fields, hasBin: fields[1].decimal == nil)
            guard let start = row[1].decimal, let end = row[2].decimal, start <= end, end < Int(Int32.max) else {
                throw rows.error("has a row without start and end.")
            }
            addAlleles(of: row, start: start, end: end, line: rows.lineNumber)
        }
    }

    /// The observed alleles but for the reference's, on the forward strand. What is no sequence (`lengthTooLong`,
    /// repeats in words) is left out.
    private mutating func addAlleles(of row: UCSCRow, start: Int, end: Int, line: Int) {
        let isReverse = row[5].equals("-")
        guard let reference = bases(row[7], isReverse: false), reference.count == end - start,
            let contig = fittingContig(row.text(0), position: start + 1, reference: reference, line: line)
        else { return }
        let identifier = place(ofIdentifier: row[3])
        let frequencies = self.frequencies(row, isReverse: isReverse)
        let observed = Fields(row[8], separator: UInt8(ascii: "/"))
        for number in 0..<observed.count {
            guard let alternate = bases(observed[number], isReverse: isReverse), alternate != reference else {
                continue
            }
            let values = columns.map { value($0.key, row, alternate, frequencies) }
            add(
                contig: contig, position: start + 1, reference: reference, alternate: alternate, identifier: identifier,
                values: values)
        }
    }

    private mutating func value(
        _ key: String, _ row: UCSCRow, _ alternate: [UInt8], _ frequencies: [(allele: [UInt8], text: String)]
    ) -> UInt32 {
        switch key {
        case KnownCompiler.identifierKey: place(ofValue: row[3])
        case "VALID": place(ofValue: row[11])
        case "VC": place(ofValue: Array(KnownCompiler.variantClass(row.text(10)).utf8))
        case "AF": place(ofValue: Array((frequencies.first { $0.allele == alternate }?.text ?? "").utf8))
        case "GMAF": place(ofValue: Array(KnownCompiler.minor(frequencies).utf8))
        default: row.text(12) == "0" ? 0 : place(ofValue: Array(row.text(12).utf8))
        }
    }

    /// The words that dbSNP's VCF has in VC.
    private static func variantClass(_ text: String) -> String {
        switch text {
        case "single": "SNV"
        case "mnp": "MNV"
        case "in-del", "insertion", "deletion": "DIV"
        default: text.uppercased()
        }
    }

    private func frequencies(_ row: UCSCRow, isReverse: Bool) -> [(allele: [UInt8], text: String)] {
        guard row.count >= 24 else { return [] }
        let alleles = Fields(row[21], separator: UInt8(ascii: ","))
        let texts = Fields(row[23], separator: UInt8(ascii: ","))
        return (0..<min(alleles.count, texts.count)).compactMap { index in
            guard !texts[index].isEmpty, let allele = bases(alleles[index], isReverse: isReverse) else { return nil }
            return (allele, texts[index].text)
        }
    }

    private static func minor(_ frequencies: [(allele: [UInt8], text: String)]) -> String {
        let sorted = frequencies.sorted { (Double($0.text) ?? 0) > (Double($1.text) ?? 0) }
        return sorted.count > 1 ? sorted[1].text : ""
    }

    /// The bases that a field names on the forward strand, `-` for none; nil if they are no sequence.
    private func bases(_ field: UnsafeBufferPointer<UInt8>, isReverse: Bool) -> [UInt8]? {
        if field.equals("-") { return [] }
        let upper = field.map { $0 & 0xdf }
        guard !upper.isEmpty, upper.allSatisfy({ BaseTables.shared.index[Int($0)] < 4 }) else { return nil }
        return isReverse ? upper.reversed().map { Base.complements[Int($0)] } : upper
    }
}
