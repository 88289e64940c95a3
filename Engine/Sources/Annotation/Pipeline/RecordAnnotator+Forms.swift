/// Entries by forms.
extension RecordAnnotator {
    /// Writes the entry of a change by the form that fits; returns the empty set if there is none.
    @inline(__always)
    mutating func fillForm(
        _ transcript: UInt32,
        _ change: Change,
        _ contig: ContigView,
        to output: inout ByteBuffer
    ) -> ConsequenceSet {
        guard let form = forms.form(transcript, change) else { return ConsequenceSet() }
        let text = forms.text(of: form)
        let room = EntryForms.textLimit + change.alternate.count + existing.count + 64
        output.reserve(room)
        var position = 0
        for index in 0..<form.pointee.placeCount {
            let place = form.pointee.places[index]
            let end = Int(place.offset)
            output.appendPadded(text + position, end - position)
            position = end
            switch place.gap {
            case .allele: addAllele(change, to: &output)
            case .known where existing.isEmpty: break
            case .known: output.append(existing.bytes)
            case .genomic:
                output.append(genomic.bytes)
                output.reserve(room)
            case .distance: output.append(decimal: distance(form, change))
            case .hgvs:
                guard let substitution else {
                    addCodingDescription(change, store.transcript(Int(transcript)), contig, to: &output)
                    output.reserve(room)
                    continue
                }
                output.appendPadded(text + Int(form.pointee.count), Int(form.pointee.prefixCount))
                output.append(decimal: distance(form, change))
                substitution.write(isForward: form.pointee.isForward, to: &output)
            }
        }
        output.appendPadded(text + position, Int(form.pointee.count) - position)
        if form.pointee.gene >= 0 { count(gene: form.pointee.gene) }
        return form.pointee.terms
    }

    @inline(__always)
    private func distance(_ form: UnsafePointer<EntryForm>, _ change: Change) -> Int {
        let border = Int(form.pointee.border)
        return change.high < border ? border - change.high : change.low - border
    }

    /// HGVSc; nothing if the change cannot be described.
    private mutating func addCodingDescription(
        _ change: Change, _ transcript: Transcript, _ contig: ContigView, to output: inout ByteBuffer
    ) {
        let description = CodingDescription(change, on: transcript, of: contig, in: store, scratch: &rotated)
        description?.write(name: text(transcript.record.pointee.name), to: &output)
    }

    // MARK: learning

    /// Makes a form of the entry that was written from `start` on, if others can look like it.
    mutating func learnForm(
        _ number: UInt32,
        _ change: Change,
        _ transcript: Transcript,
        _ terms: ConsequenceSet,
        from start: Int,
        _ output: borrowing ByteBuffer
    ) {
        var form = EntryForm()
        form.transcript = Int32(bitPattern: number)
        form.terms = terms
        form.isForward = transcript.isForward
        let isInside = change.overlaps(transcript.start, transcript.end)
        if isInside {
            guard setIntron(of: change, on: transcript, &form) else { return }
        } else {
            setSide(of: change, of: transcript, &form)
        }
        guard change.low >= Int(form.low), change.high <= Int(form.high) else { return }
        guard isInside && writesHGVS else { return forms.keep(form, output, from: start, gaps, prefix: 0..<0) }
        guard substitution != nil, let prefix = prefixOfDescription(output) else { return }
        forms.keep(form, output, from: start, gaps, prefix: prefix)
    }

    /// Beside a transcript the distance counts from its nearer end.
    private func setSide(of change: Change, of transcript: Transcript, _ form: inout EntryForm) {
        let (before, after) = rendering.reach(of: transcript)
        if change.high < transcript.start {
            form.low = Int32(clamping: transcript.start - before)
            form.high = transcript.record.pointee.start - 1
            form.border = transcript.record.pointee.start
        } else {
            form.low = transcript.record.pointee.end + 1
            form.high = Int32(clamping: transcript.end + after)
            form.border = transcript.record.pointee.end
        }
    }

    /// Deep in an intron, where neither splicing nor an exon is near; with HGVS, only the half from whose exon the
    /// distance counts.
    private func setIntron(of change: Change, on transcript: Transcript, _ form: inout EntryForm) -> Bool {
        guard form.terms.isOfPlainIntron, !transcript.has(TranscriptRecord.isMicroRNA) else { return false }
        let index = transcript.exonIndex(endingAtOrAfter: change.low)
        guard index > 0, index < transcript.exonCount else { return false }
        let left = transcript.exons[index - 1].end
        let right = transcript.exons[index].start
        form.gene = transcript.record.pointee.gene
        form.low = left + SpliceEffects.reach
        form.high = right - SpliceEffects.reach
        form.border = left
        if !writesHGVS { return true }
        // In the very middle it depends on the strand.
        let middle = left + (right - left) / 2
        if change.low < middle {
            form.high = min(form.high, middle - 1)
        } else {
            form.low = max(form.low, middle + 1)
            form.border = right
        }
        return true
    }

    /// Where HGVSc of a substitution in an intron begins, and where its distance from the exon does: before the last
    /// digits and three letters, as in `ENST0:c.12+345A>G`.
    private func prefixOfDescription(_ output: borrowing ByteBuffer) -> Range<Int>? {
        for index in 0..<gaps.count where gaps[index].gap == .hgvs {
            var end = gaps[index].end - 3
            while end > gaps[index].start && (48...57).contains(output[end - 1]) { end -= 1 }
            return end > gaps[index].start ? gaps[index].start..<end : nil
        }
        return nil
    }
}

extension ConsequenceSet {
    /// Nothing but that an intron is touched, and of what kind of transcript.
    fileprivate var isOfPlainIntron: Bool {
        var rest = self
        rest.remove(.intron)
        rest.remove(.nonCodingTranscript)
        rest.remove(.nmdTranscript)
        return rest.isEmpty
    }
}
