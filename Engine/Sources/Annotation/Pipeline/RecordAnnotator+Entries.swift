/// Consequences in another form than the plain one: other fields, a selection of entries, other formats.
extension RecordAnnotator {
    /// Collects the entries of the record's alleles, selects among them, and writes each format that is asked for.
    mutating func listConsequences(
        _ contig: ContigView, _ position: Int, _ begin: Int, to output: inout ByteBuffer
    ) {
        list.removeAll()
        for index in alleles.alternates.indices {
            if alleles.alternates[index].isSequence {
                let change = alleles.change(index, position: position)
                if !structural.isEmpty { collect(change, on: contig) }
                marks.append(AlleleMark(alternate: index))
                listEntries(of: index, change, nil, contig, to: &output)
            } else if !structural.isEmpty, case .success(let allele) = structural[index] {
                collect(allele.change, on: contig)
                marks.append(AlleleMark(alternate: index))
                listEntries(of: index, allele.change, allele.kind, contig, to: &output)
            }
        }
        if list.entries.isEmpty {
            tally.passedThrough += 1
            return
        }
        list.select(setup.options.selection, in: store)
        writeList(position, begin, to: &output)
    }

    private mutating func collect(_ change: Change, on contig: ContigView) {
        collectTranscripts(contig, from: change.low - distance, to: change.high + distance)
    }

    /// Collects the entries of one allele; `output` serves as scratch paper.
    private mutating func listEntries(
        of index: Int, _ written: Change, _ kind: StructuralChange.Kind?, _ contig: ContigView,
        to output: inout ByteBuffer
    ) {
        setExisting(index)
        if writesGenomic { genomic.removeAll() }
        if writesGenomic && kind == nil { setGenomic(written, contig) }
        var all = ConsequenceSet()
        for place in 0..<found.count {
            let number = Int(found[place])
            let transcript = store.transcript(number)
            let change = nearest(written, to: transcript, on: contig)
            if change.high < transcript.start - distance || change.low > transcript.end + distance { continue }
            let before = output.count
            hgvsOffset = 0
            let terms =
                if let kind {
                    addEntry(kind, change, transcript, to: &output)
                } else {
                    addEntry(change, index, transcript, contig, to: &output)
                }
            if !terms.isEmpty {
                take(from: before, output, allele: index, transcript: number, terms: terms)
                if rendering.writesAminoAcids && kind == nil { addAminoAcids(change, transcript, terms) }
                all.formUnion(terms)
                count(terms)
            }
            output.truncate(to: before)
        }
        if all.isEmpty {
            all.insert(.intergenic)
            count(all)
            let before = output.count
            hgvsOffset = 0
            if let kind { output.append(kind.term) } else { addAllele(written, to: &output) }
            addIntergenic(to: &output)
            take(from: before, output, allele: index, transcript: -1, terms: all)
            output.truncate(to: before)
        }
        countAllele(all)
    }

    private mutating func take(
        from before: Int, _ output: borrowing ByteBuffer, allele: Int, transcript: Int, terms: ConsequenceSet
    ) {
        list.add(
            output.bytes.slice(before, output.count), allele: allele, transcript: transcript, terms: terms,
            offset: hgvsOffset)
    }

    private mutating func writeList(_ position: Int, _ begin: Int, to output: inout ByteBuffer) {
        for format in rendering.formats {
            let before = output.count
            separate(begin, &output)
            output.append(text: format.rawValue)
            output.append(UInt8(ascii: "="))
            let start = output.count
            switch format {
            case .csq: writeCSQ(to: &output)
            case .ann: writeANN(to: &output)
            case .bcsq: writeBCSQ(position, to: &output)
            }
            if output.count == start { output.truncate(to: before) }
        }
    }

    private mutating func writeCSQ(to output: inout ByteBuffer) {
        var isFirst = true
        for entry in list.entries {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            mark(entry.allele, at: output.count)
            if setup.options.selection == .mostSevere {
                writeMostSevere(entry, to: &output)
            } else {
                rendering.layout.write(entry, FieldList(list.text(entry)), attributes(of: entry), to: &output)
            }
        }
    }

    /// Notes where the first entry of an allele begins.
    private mutating func mark(_ allele: Int, at start: Int) {
        for index in marks.indices where marks[index].alternate == allele && !marks[index].hasEntries {
            marks[index].start = start
        }
    }

    private func attributes(of entry: EntryList.Entry) -> FieldList {
        guard entry.transcript >= 0 else { return FieldList(UnsafeBufferPointer(start: nil, count: 0)) }
        return FieldList(text(store.transcripts[entry.transcript].attributes))
    }

    /// An entry without all that is the transcript's, as VEP writes it.
    private func writeMostSevere(_ entry: EntryList.Entry, to output: inout ByteBuffer) {
        let whole = FieldList(list.text(entry))
        for (number, field) in rendering.layout.fields.enumerated() {
            if number > 0 { output.append(UInt8(ascii: "|")) }
            switch field {
            case .allele, .existingVariation: output.append(whole[field.index])
            case .consequence: ConsequenceText.shared.writeTerm(entry.terms.severity, to: &output)
            case .impact: output.append(entry.terms.impact.word)
            case .alleleNumber: output.append(decimal: entry.allele + 1)
            default: break
            }
        }
    }
}
