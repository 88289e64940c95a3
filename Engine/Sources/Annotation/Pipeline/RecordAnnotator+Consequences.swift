import Foundation

/// The CSQ field.
extension RecordAnnotator {
    mutating func addConsequences(
        _ contig: ContigView,
        _ position: Int,
        _ begin: Int,
        to output: inout ByteBuffer
    ) {
        var isFirst = true
        marks.removeAll()
        let low = position + alleles.anchor - 1
        let high = position + alleles.referenceCount
        collectTranscripts(contig, from: low - distance, to: high + distance)
        if isListed || !structural.isEmpty { return listConsequences(contig, position, begin, to: &output) }
        for index in alleles.alternates.indices where alleles.alternates[index].isSequence {
            if isFirst {
                separate(begin, &output)
                output.append("CSQ=")
            } else {
                output.append(UInt8(ascii: ","))
            }
            isFirst = false
            marks.append(AlleleMark(alternate: index, start: output.count))
            addEntries(of: index, contig, position, to: &output)
        }
        if isFirst { tally.passedThrough += 1 }
    }

    /// Finds the transcripts that may lie in `low...high`, across the origin of a circle too.
    /// Those of the same bins as before are there already.
    @inline(__always)
    mutating func collectTranscripts(_ contig: ContigView, from low: Int, to high: Int) {
        let window = BinIndex.Window(contig, low, high)
        if window == foundWhere && !contig.isCircular { return }
        foundWhere = window
        store.transcriptBins.collect(
            from: low,
            to: high,
            firstBin: contig.firstBin,
            binCount: contig.binCount,
            into: &found
        )
        if contig.isCircular { collectAround(contig, from: low, to: high) }
        reach.removeAll()
        for place in 0..<found.count {
            let transcript = store.transcripts + Int(found[place])
            let low = contig.isCircular ? Int.min : Int(transcript.pointee.start) - distance
            let high = contig.isCircular ? Int.max : Int(transcript.pointee.end) + distance
            reach.append(Interval(low: low, high: high))
        }
    }

    /// Adds the transcripts that lie in `low...high` across the origin of a circle.
    private mutating func collectAround(_ contig: ContigView, from low: Int, to high: Int) {
        func collect(_ from: Int, _ to: Int) {
            store.transcriptBins.collect(
                from: from,
                to: to,
                firstBin: contig.firstBin,
                binCount: contig.binCount,
                into: &foundAround
            )
            found.formUnion(foundAround)
        }
        if low < 1 { collect(max(1, low + contig.length), contig.length) }
        if high > contig.length { collect(1, min(high - contig.length, contig.length)) }
    }

    /// On a circle a change stands at its position and a turn before and after it: the place nearest to a transcript counts.
    @inline(__always)
    func nearest(_ change: Change, to transcript: Transcript, on contig: ContigView) -> Change {
        let isFar = change.low - distance >= 1 && change.high + distance <= contig.length
        if isFar || !contig.isCircular { return change }
        func gap(_ change: Change) -> Int { max(0, transcript.start - change.high, change.low - transcript.end) }
        var best = change
        for turn in [-contig.length, contig.length] where gap(change.moved(by: turn)) < gap(best) {
            best = change.moved(by: turn)
        }
        return best
    }

    mutating func addEntries(
        of index: Int,
        _ contig: ContigView,
        _ position: Int,
        to output: inout ByteBuffer
    ) {
        let written = alleles.change(index, position: position)
        setExisting(index)
        substitution = Substitution(written)
        if writesGenomic { setGenomic(written, contig) }
        var all = ConsequenceSet()
        for place in 0..<found.count {
            let number = found[place]
            if written.high < reach[place].low || written.low > reach[place].high { continue }
            let before = output.count
            if before - recordStart > setup.options.limits.writtenLength {
                isTooLong = true
                return
            }
            if !all.isEmpty { output.append(UInt8(ascii: ",")) }
            let terms = addEntry(written, index, number, contig, to: &output)
            if terms.isEmpty {
                output.truncate(to: before)
            } else {
                all.formUnion(terms)
                count(terms)
            }
        }
        if all.isEmpty {
            all.insert(.intergenic)
            count(all)
            addAllele(written, to: &output)
            addIntergenic(to: &output)
        }
        countAllele(all)
    }

    /// What follows the allele of an entry that is near no transcript.
    mutating func addIntergenic(to output: inout ByteBuffer) {
        gaps.removeAll()
        CSQWriter.writeTerms(ConsequenceSet(.intergenic), to: &output)
        output.append("||||||||||||||")
        output.append(UInt8(ascii: "|"))
        output.append(existing.bytes)
        output.append("|||||")
        addGenomic(to: &output)
    }

    @inline(__always)
    mutating func countAllele(_ all: ConsequenceSet) {
        tally.annotatedAlleles += 1
        if let worst = all.worst { tally.worst[Int(worst.rawValue)] += 1 }
        tally.impacts[Int(all.impact.rawValue)] += 1
    }

    @inline(__always)
    mutating func count(_ terms: ConsequenceSet) {
        var rest = terms.bits
        while rest != 0 {
            tally.terms[rest.trailingZeroBitCount] += 1
            rest &= rest - 1
        }
    }

    @inline(__always)
    func addAllele(_ change: Change, to output: inout ByteBuffer) {
        switch change.alternate.count {
        case 0: output.append(UInt8(ascii: "-"))
        case 1: output.append(change.alternate[0])
        default: output.append(change.alternate)
        }
    }

    /// Writes the entry of one allele on one transcript; what it wrote is to be taken back if the set is empty.
    @inline(__always)
    mutating func addEntry(
        _ written: Change,
        _ index: Int,
        _ number: UInt32,
        _ contig: ContigView,
        to output: inout ByteBuffer
    ) -> ConsequenceSet {
        if contig.isCircular {
            let transcript = store.transcript(Int(number))
            let change = nearest(written, to: transcript, on: contig)
            if change.high < transcript.start - distance || change.low > transcript.end + distance {
                return ConsequenceSet()
            }
            return addEntry(change, index, transcript, contig, to: &output)
        }
        let filled = fillForm(number, written, contig, to: &output)
        if !filled.isEmpty { return filled }
        let start = output.count
        let transcript = store.transcript(Int(number))
        let terms = addEntry(written, index, transcript, contig, to: &output)
        if !terms.isEmpty { learnForm(number, written, transcript, terms, from: start, output) }
        return terms
    }

    /// The same by all rules, form or not.
    @inline(never)
    mutating func addEntry(
        _ change: Change,
        _ index: Int,
        _ transcript: Transcript,
        _ contig: ContigView,
        to output: inout ByteBuffer
    ) -> ConsequenceSet {
        let record = transcript.record
        gaps.removeAll()
        let start = output.count
        addAllele(change, to: &output)
        gaps.add(.allele, from: start, to: output.count)
        guard change.overlaps(transcript.start, transcript.end) else {
            return addNeighbour(change, transcript, to: &output)
        }
        count(gene: record.pointee.gene)
        let prediction = Prediction(change, on: transcript)
        if prediction.isCoding { coding.set(change, at: prediction.place, on: transcript) }
        let terms = prediction.consequences(coding: coding)
        if terms.isEmpty { return terms }
        CSQWriter.writeTerms(terms, to: &output)
        add(record.pointee.head, to: &output)
        CSQWriter.writeNumbers(prediction, to: &output)
        if writesHGVS && !terms.contains(.transcriptAblation) {
            addHGVS(prediction, terms, transcript, contig, to: &output)
        } else {
            output.append(UInt8(ascii: "|"))
        }
        CSQWriter.writePositions(prediction, coding: coding, to: &output)
        output.append(UInt8(ascii: "|"))
        addExisting(to: &output)
        output.append("||")
        add(record.pointee.tail, to: &output)
        addGenomic(to: &output)
        return terms
    }

    mutating func addNeighbour(
        _ change: Change,
        _ transcript: Transcript,
        to output: inout ByteBuffer
    ) -> ConsequenceSet {
        let terms = rendering.neighbourhood(of: change, beside: transcript)
        if terms.isEmpty { return terms }
        CSQWriter.writeTerms(terms, to: &output)
        add(transcript.record.pointee.head, to: &output)
        output.append("|||||||||")
        addExisting(to: &output)
        output.append(UInt8(ascii: "|"))
        // The shortest way between an end of the change and an end of the transcript.
        let distance =
            change.end < transcript.start
            ? min(abs(change.end - transcript.start), abs(change.start - transcript.start))
            : min(abs(change.start - transcript.end), abs(change.end - transcript.end))
        let begin = output.count
        output.append(decimal: distance)
        gaps.add(.distance, from: begin, to: output.count)
        output.append(UInt8(ascii: "|"))
        add(transcript.record.pointee.tail, to: &output)
        addGenomic(to: &output)
        return terms
    }

    private mutating func addExisting(to output: inout ByteBuffer) {
        let start = output.count
        output.append(existing.bytes)
        gaps.add(.known, from: start, to: output.count)
    }

    @inline(__always)
    func add(_ range: TextRange, to output: inout ByteBuffer) {
        output.append(store.text + Int(range.offset), Int(range.count))
    }

    func text(_ range: TextRange) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: store.text + Int(range.offset), count: Int(range.count))
    }

    /// Existing_variation: identifiers of the known variants that this allele is, joined by `&`; the same in all entries.
    mutating func setExisting(_ index: Int) {
        existing.removeAll()
        if matches.isEmpty { return }
        let count = alleles.alternates.count
        for number in store.known.indices {
            let match = matches[number * count + index]
            guard match >= 0, let identifier = store.known[number].identifier(match) else { continue }
            if !existing.isEmpty { existing.append(UInt8(ascii: "&")) }
            existing.append(identifier)
        }
    }

    /// HGVSc, `|`, HGVSp.
    mutating func addHGVS(
        _ prediction: borrowing Prediction,
        _ terms: ConsequenceSet,
        _ transcript: Transcript,
        _ contig: ContigView,
        to output: inout ByteBuffer
    ) {
        let description = CodingDescription(
            prediction.change,
            on: transcript,
            of: contig,
            in: store,
            scratch: &rotated
        )
        guard let description else { return output.append(UInt8(ascii: "|")) }
        let start = output.count
        hgvsOffset = description.shifted.start - description.given.start
        description.write(name: text(transcript.record.pointee.name), to: &output)
        gaps.add(.hgvs, from: start, to: output.count)
        output.append(UInt8(ascii: "|"))
        guard prediction.changesProtein(terms, by: description.given) else { return }
        var shifted = description.shifted
        if description.isBehindEnd { shifted = description.given }
        let place = TranscriptPlace(shifted, on: transcript)
        guard place.isTranslated else { return }
        shiftedCoding.set(shifted, at: place, on: transcript)
        ProteinDescription(transcript: transcript, place: place, terms: terms).write(
            name: text(transcript.record.pointee.protein),
            coding: shiftedCoding,
            to: &output
        )
    }
}
