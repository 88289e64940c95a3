import Foundation

/// Decides which installed reference a file belongs to, by evidence: contig names, contig lengths, and how many REF
/// alleles agree with the sequence.
struct AssemblyDetector {
    /// The decision and why, as a sentence.
    struct Decision {
        let reference: Reference
        let evidence: String
        /// The contigs that the first records lie on.
        let contigNames: [String]
    }

    private struct Score {
        let reference: Reference
        var records = 0
        var onKnownContig = 0
        var checked = 0
        var agreeing = 0
        var lengthsAgreeing = 0
        var lengthsDiffering = 0

        var share: Double { checked == 0 ? 0 : Double(agreeing) / Double(checked) }
    }

    private let header: VCFHeader
    private let options: AnnotationOptions

    init(header: VCFHeader, options: AnnotationOptions) {
        self.header = header
        self.options = options
    }

    /// Chooses among `references` by the header and the first records, which `sample` holds.
    func decide(among references: [Reference], sample: UnsafeBufferPointer<UInt8>) throws(AnnotationError) -> Decision {
        guard !references.isEmpty else {
            throw AnnotationError(.noReference, "No reference is installed, so that nothing can be annotated.")
        }
        let scores = references.map { score($0, sample) }
        let candidates = scores.filter { $0.onKnownContig > 0 && $0.lengthsDiffering <= $0.lengthsAgreeing }
        let fitting = candidates.filter(fits)
        if let best = fitting.max(by: isWorse) {
            return Decision(
                reference: best.reference, evidence: evidence(best), contigNames: contigNames(sample))
        }
        throw refusal(scores, LikelyAssembly(header: header, contigNames: contigNames(sample)))
    }

    private func isWorse(_ left: Score, _ right: Score) -> Bool {
        (left.onKnownContig, left.share, left.lengthsAgreeing, right.reference.name)
            < (right.onKnownContig, right.share, right.lengthsAgreeing, left.reference.name)
    }

    private func fits(_ score: Score) -> Bool {
        if score.checked < options.referenceMismatchMinimum { return true }
        return 1 - score.share <= options.referenceMismatchThreshold
    }

    private func score(_ reference: Reference, _ sample: UnsafeBufferPointer<UInt8>) -> Score {
        var score = Score(reference: reference)
        let store = reference.store
        for contig in header.contigs {
            guard let length = contig.length, let number = store.contigNumbers[contig.name] else { continue }
            if store.manifest.contigs[number].length == length {
                score.lengthsAgreeing += 1
            } else {
                score.lengthsDiffering += 1
            }
        }
        forEachRecord(sample) { name, position, allele in
            score.records += 1
            guard let number = store.contigNumbers[name] else { return }
            score.onKnownContig += 1
            score.checked += 1
            let contig = store.contig(number)
            let code = BaseTables.shared.code
            let agrees = allele.enumerated().allSatisfy { offset, letter in
                position + offset >= 1 && position + offset <= contig.length
                    && code[Int(letter)] & code[Int(store.base(contig, position + offset))] != 0
            }
            if agrees { score.agreeing += 1 }
        }
        return score
    }

    private func forEachRecord(
        _ sample: UnsafeBufferPointer<UInt8>,
        _ body: (String, Int, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var position = 0
        var records = 0
        while position < sample.count && records < options.detectionRecords {
            guard let newline = memchr(sample.baseAddress! + position, 10, sample.count - position) else { return }
            let end = UnsafeRawPointer(sample.baseAddress!).distance(to: newline)
            let line = sample.slice(position, end)
            position = end + 1
            var tabs: [Int] = []
            for (index, byte) in line.enumerated() where byte == 9 {
                tabs.append(index)
                if tabs.count == 4 { break }
            }
            guard tabs.count == 4, let number = line.slice(tabs[0] + 1, tabs[1]).decimal else { continue }
            records += 1
            body(line.slice(0, tabs[0]).text, number, line.slice(tabs[2] + 1, tabs[3]))
        }
    }

    /// The contigs of the first records, each once.
    private func contigNames(_ sample: UnsafeBufferPointer<UInt8>) -> [String] {
        var names: [String] = []
        forEachRecord(sample) { name, _, _ in
            if names.last != name && !names.contains(name) { names.append(name) }
        }
        return names
    }

    private func evidence(_ score: Score) -> String {
        var parts = ["\(score.onKnownContig) of the first \(Phrase.count(score.records, "record")) lie on its contigs"]
        parts.append("\(score.agreeing) of \(score.checked) REF alleles agree")
        if score.lengthsAgreeing > 0 {
            parts.append(
                "\(Phrase.count(score.lengthsAgreeing, "contig length")) agree\(score.lengthsAgreeing == 1 ? "s" : "")"
            )
        }
        return "\(score.reference.name), because " + parts.joined(separator: ", ")
    }

    // MARK: refusals

    private func refusal(_ scores: [Score], _ looks: LikelyAssembly) -> AnnotationError {
        let installed = "Installed here: " + scores.map(\.reference.name).joined(separator: ", ") + "."
        if let wrong = scores.filter({ $0.onKnownContig > 0 }).max(by: { $0.onKnownContig < $1.onKnownContig }) {
            let why: String
            if wrong.lengthsDiffering > wrong.lengthsAgreeing {
                why = "its ##contig lengths are not those of \(wrong.reference.name)"
            } else {
                let percent = Int((100 * (1 - wrong.share)).rounded())
                why = "\(percent)% of its REF alleles disagree with \(wrong.reference.name)"
            }
            return AnnotationError(
                .wrongAssembly,
                "This file is of another assembly: \(why)\(looks.clause). \(installed)"
            )
        }
        return AnnotationError(
            .noReference,
            "None of the installed references has this file's contigs\(looks.clause). \(installed)"
        )
    }
}
