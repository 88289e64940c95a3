/// AnnTools' fields of one record, in place of CSQ. The counts of the summary are those that CSQ would give.
extension RecordAnnotator {
    mutating func addAnnTools(_ contig: ContigView, _ position: Int, _ begin: Int, to output: inout ByteBuffer) {
        guard let fields = setup.annTools else { return }
        addSNPs(fields, begin, to: &output)
        annTools.removeAll()
        marks.removeAll()
        let reach = max(distance, ReferenceBuilder.promoterLength)
        let low = position + alleles.anchor - 1
        let high = position + alleles.referenceCount
        collectTranscripts(contig, from: low - reach, to: high + reach)
        var isAnnotated = false
        for index in alleles.alternates.indices where alleles.alternates[index].isSequence {
            isAnnotated = true
            marks.append(AlleleMark(alternate: index))
            addRows(of: index, contig, position, fields)
        }
        if !isAnnotated { tally.passedThrough += 1 }
        if !fields.columnKeys.isEmpty { annTools.write(fields.columnKeys, begin: begin, to: &output) }
    }

    /// A row for each transcript that the allele lies in or whose putative promoter it touches; one without a transcript
    /// if there is none.
    private mutating func addRows(
        of index: Int, _ contig: ContigView, _ position: Int, _ fields: AnnToolsFields
    ) {
        let written = alleles.change(index, position: position)
        var all = ConsequenceSet()
        var hasRow = false
        for place in 0..<found.count {
            let transcript = store.transcript(Int(found[place]))
            let change = nearest(written, to: transcript, on: contig)
            var terms = ConsequenceSet()
            if change.overlaps(transcript.start, transcript.end) {
                let prediction = Prediction(change, on: transcript)
                count(gene: transcript.record.pointee.gene)
                if prediction.isCoding { coding.set(change, at: prediction.place, on: transcript) }
                terms = prediction.consequences(coding: coding)
                addRow(index, prediction, terms, contig)
                hasRow = true
            } else {
                terms = rendering.neighbourhood(of: change, beside: transcript)
                if touchesPromoter(change, transcript) {
                    addPromoterRow(index, written, transcript, contig, fields)
                    hasRow = true
                }
            }
            if terms.isEmpty { continue }
            all.formUnion(terms)
            count(terms)
        }
        if !hasRow { addIntergenicRow(index) }
        if all.isEmpty {
            all.insert(.intergenic)
            count(all)
        }
        countAllele(all)
    }

    // MARK: rows

    private mutating func addRow(
        _ index: Int, _ prediction: Prediction, _ terms: ConsequenceSet, _ contig: ContigView
    ) {
        let transcript = prediction.transcript
        let place = prediction.place
        let known = AnnToolsPlace(prediction.change, at: place, on: transcript)
        addTranscript(index, transcript)
        annTools.text.append(known.type.word)
        annTools.close(.positionType)
        if transcript.isCoding { writeExon(place, transcript) }
        annTools.close(.exon)
        if !transcript.isCoding { writeExon(place, transcript) }
        annTools.close(.nonCodingExon)
        let isCoding = known.type == .cds && prediction.isCoding
        if isCoding && place.cdsStart > 0 { annTools.text.append(decimal: (place.cdsStart - 1) % 3) }
        annTools.close(.frame)
        writeRange(place.cdnaStart, place.cdnaEnd)
        annTools.close(.mrnaCoord)
        if isCoding { writeRange(place.proteinStart, place.proteinEnd) }
        annTools.close(.codonCoord)
        if let splice = known.splice { annTools.text.append(decimal: splice.distance) }
        annTools.close(.spliceDist)
        let hasCodons = isCoding && coding.hasCodons
        if hasCodons {
            AnnToolsCoding.write(coding, terms, to: &annTools)
        } else {
            annTools.skip(to: .codingCoordStr)
        }
        writeDescription(prediction.change, transcript, contig)
        annTools.close(.codingCoordStr)
        if hasCodons { AnnToolsCoding.writeProtein(coding, place.proteinStart, to: &annTools.text) }
        annTools.close(.proteinCoordStr)
        if transcript.isCoding { annTools.text.append(known.type == .cds ? "true" : "false") }
        annTools.close(.inCodingRegion)
        writeSplice(known.splice)
        annTools.close(.spliceInfo)
        if known.type == .utr5 { writeUpstreamORF(prediction.change, place, transcript) }
        annTools.close(.uorfChange)
        annTools.closeRow()
    }

    private mutating func addPromoterRow(
        _ index: Int, _ written: Change, _ transcript: Transcript, _ contig: ContigView, _ fields: AnnToolsFields
    ) {
        addTranscript(index, transcript)
        annTools.text.append("putativePromoter")
        annTools.close(.positionType)
        annTools.skip(to: .inCpGIsland)
        if let islands = fields.islandTrack {
            store.tracks[islands].collect(contig, written.low, written.high, into: &foundRegions, around: &foundAround)
            annTools.text.append(foundRegions.count > 0 ? "true" : "false")
        }
        annTools.close(.inCpGIsland)
    }

    private mutating func addIntergenicRow(_ index: Int) {
        annTools.text.append(decimal: index + 1)
        annTools.close(.alleleNumber)
        annTools.skip(to: .positionType)
        annTools.text.append("interGenic")
        annTools.close(.positionType)
        annTools.closeRow()
    }

    /// The columns that say which transcript the row is of.
    private mutating func addTranscript(_ index: Int, _ transcript: Transcript) {
        annTools.text.append(decimal: index + 1)
        annTools.close(.alleleNumber)
        annTools.text.append(text(transcript.record.pointee.name))
        annTools.close(.name)
        annTools.text.append(gene(of: transcript))
        annTools.close(.name2)
        annTools.text.append(UInt8(ascii: transcript.isForward ? "+" : "-"))
        annTools.close(.transcriptStrand)
    }

    /// The gene's symbol, or else its identifier: the first two fields of CSQ's `|SYMBOL|Gene|...`.
    private func gene(of transcript: Transcript) -> UnsafeBufferPointer<UInt8> {
        let head = text(transcript.record.pointee.head)
        var position = 1
        while position < head.count && head[position] == UInt8(ascii: "|") { position += 1 }
        var end = position
        while end < head.count && head[end] != UInt8(ascii: "|") { end += 1 }
        return head.slice(min(position, end), end)
    }

    private func touchesPromoter(_ change: Change, _ transcript: Transcript) -> Bool {
        let length = ReferenceBuilder.promoterLength
        return transcript.isForward
            ? change.spanOverlaps(transcript.start - length, transcript.start - 1)
            : change.spanOverlaps(transcript.end + 1, transcript.end + length)
    }

    // MARK: values

    /// `ex2/10`, or `ex2-3/10`.
    private mutating func writeExon(_ place: TranscriptPlace, _ transcript: Transcript) {
        guard place.touchesCDNA else { return }
        let one = transcript.exonNumber(place.firstExon)
        let other = transcript.exonNumber(place.lastExon)
        annTools.text.append("ex")
        writeRange(min(one, other), max(one, other))
        annTools.text.append(UInt8(ascii: "/"))
        annTools.text.append(decimal: transcript.exonCount)
    }

    /// `12`, `12-14`, or with an end that lies outside `?-14`; nothing if both do.
    private mutating func writeRange(_ start: Int, _ end: Int) {
        if start == 0 && end == 0 { return }
        let (low, high) = start != 0 && end != 0 && start > end ? (end, start) : (start, end)
        writeKnown(low)
        if low == high { return }
        annTools.text.append(UInt8(ascii: "-"))
        writeKnown(high)
    }

    private mutating func writeKnown(_ position: Int) {
        if position == 0 { annTools.text.append(UInt8(ascii: "?")) } else { annTools.text.append(decimal: position) }
    }

    /// HGVS without the transcript's name, encoded for INFO.
    private mutating func writeDescription(_ change: Change, _ transcript: Transcript, _ contig: ContigView) {
        let description = CodingDescription(change, on: transcript, of: contig, in: store, scratch: &rotated)
        guard let description else { return }
        existing.removeAll()
        description.write(name: UnsafeBufferPointer(start: nil, count: 0), to: &existing)
        // The colon that follows a name.
        PercentEncoding.append(existing.bytes.slice(1, existing.count), to: &annTools.text)
    }

    /// `splice-donor_-4`, up to ten bases from the border.
    private mutating func writeSplice(_ splice: AnnToolsPlace.Splice?) {
        guard let splice, abs(splice.distance) <= 10 else { return }
        annTools.text.append(splice.isDonor ? "splice-donor_" : "splice-acceptor_")
        annTools.text.append(decimal: splice.distance)
    }

    private mutating func writeUpstreamORF(_ change: Change, _ place: TranscriptPlace, _ transcript: Transcript) {
        existing.removeAll()
        if transcript.isForward {
            existing.append(change.alternate)
        } else {
            for base in change.alternate.reversed() { existing.append(BaseTables.shared.complement[Int(base)]) }
        }
        switch UpstreamORF(place, existing.bytes, on: transcript)?.change {
        case .gained: annTools.text.append("+1")
        case .lost: annTools.text.append("-1")
        case nil: break
        }
    }

    // MARK: dbSNP

    /// DB if dbSNP knows one of the alleles, with the class and the frequency for each, of the first source that has them.
    private func addSNPs(_ fields: AnnToolsFields, _ begin: Int, to output: inout ByteBuffer) {
        let count = alleles.alternates.count
        let isKnown = fields.snpSources.contains { source in
            (0..<count).contains { matches[source.number * count + $0] >= 0 }
        }
        if !isKnown { return }
        separate(begin, &output)
        fields.membershipKey.withUnsafeBufferPointer { output.append($0) }
        addSNPValues(fields.classKey, fields, \.classColumn, begin, to: &output)
        addSNPValues(fields.frequencyKey, fields, \.frequencyColumn, begin, to: &output)
    }

    private func addSNPValues(
        _ key: [UInt8], _ fields: AnnToolsFields, _ column: KeyPath<AnnToolsFields.SNPSource, Int?>, _ begin: Int,
        to output: inout ByteBuffer
    ) {
        let before = output.count
        separate(begin, &output)
        key.withUnsafeBufferPointer { output.append($0) }
        let count = alleles.alternates.count
        var hasValue = false
        for index in 0..<count {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            if let value = snpValue(index, fields, column) {
                output.append(value)
                hasValue = true
            } else {
                output.append(UInt8(ascii: "."))
            }
        }
        if !hasValue { output.truncate(to: before) }
    }

    private func snpValue(
        _ index: Int, _ fields: AnnToolsFields, _ column: KeyPath<AnnToolsFields.SNPSource, Int?>
    ) -> UnsafeBufferPointer<UInt8>? {
        for source in fields.snpSources {
            let match = matches[source.number * alleles.alternates.count + index]
            if match >= 0, let column = source[keyPath: column],
                let value = store.known[source.number].value(match, column)
            {
                return value
            }
        }
        return nil
    }
}
