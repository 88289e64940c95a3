/// The field HGVSg, the same in all entries of an allele.
extension RecordAnnotator {
    /// Takes note of how HGVSg names a contig: by the file's own name of it, or by an accession.
    mutating func setGenomicName(_ contig: ContigView) {
        let entry = store.manifest.contigs[contig.number]
        let names = [entry.name] + entry.aliases
        isMitochondrion = names.contains(where: ContigNames.isMitochondrion)
        let accession = setup.options.hgvsGenomicAccession ? names.first(where: ContigNames.isAccession) : nil
        genomicName.removeAll()
        genomicName.append(text: CSQ.escaped(accession ?? contigName.bytes.text))
    }

    mutating func setGenomic(_ change: Change, _ contig: ContigView) {
        genomic.removeAll()
        GenomicDescription(change, on: contig, in: store)?
            .write(name: genomicName.bytes, isMitochondrion: isMitochondrion, to: &genomic)
    }

    @inline(__always)
    mutating func addGenomic(to output: inout ByteBuffer) {
        guard writesGenomic else { return }
        output.append(UInt8(ascii: "|"))
        let start = output.count
        output.append(genomic.bytes)
        gaps.add(.genomic, from: start, to: output.count)
    }
}
