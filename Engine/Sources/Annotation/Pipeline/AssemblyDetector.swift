import Foundation

/// Decides which installed reference a file belongs to, by evidence, in this order:
///
/// 1. how many of the header's contig lengths agree, then how few differ;
/// 2. how many REF alleles of the first records agree with the sequence;
/// 3. whether `##reference` names it;
/// 4. on how many records the file calls the contig by its own name, not by an alias.
///
/// References that are equal in all of this are not chosen among: the file is refused, and whoever gave it is asked.
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
        var isNamed = false
        var underOwnName = 0

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
            let names = contigNames(sample)
            let equals = fitting.filter { !isWorse($0, best) && !isWorse(best, $0) }
            guard let chosen = mostSpecific(equals, names) else { throw ambiguity(equals) }
            return Decision(reference: chosen.reference, evidence: evidence(chosen), contigNames: names)
        }
        throw refusal(scores, LikelyAssembly(header: header, contigNames: contigNames(sample)))
    }

    private func isWorse(_ left: Score, _ right: Score) -> Bool {
        let lengths = (left.lengthsAgreeing, -left.lengthsDiffering, left.agreeing)
        let otherLengths = (right.lengthsAgreeing, -right.lengthsDiffering, right.agreeing)
        if lengths != otherLengths { return lengths < otherLengths }
        return (left.isNamed ? 1 : 0, left.underOwnName) < (right.isNamed ? 1 : 0, right.underOwnName)
    }

    /// Of references that the evidence cannot tell apart the one that holds the least beside this file's contigs, if
    /// these have one and the same sequence in all of them; then it does not matter which assembly it is.
    private func mostSpecific(_ equals: [Score], _ names: [String]) -> Score? {
        func size(_ score: Score) -> Int { score.reference.store.manifest.contigs.reduce(0) { $0 + $1.length } }
        let sorted = equals.sorted { size($0) < size($1) }
        guard let first = sorted.first else { return nil }
        for other in sorted.dropFirst() {
            guard size(first) < size(other), isSame(first.reference.store, other.reference.store, names) else {
                return nil
            }
        }
        return first
    }

    private func isSame(_ left: ReferenceStore, _ right: ReferenceStore, _ names: [String]) -> Bool {
        names.allSatisfy { name in
            let numbers = (left.contigNumbers[name], right.contigNumbers[name])
            guard let first = numbers.0, let second = numbers.1 else { return numbers.0 == nil && numbers.1 == nil }
            let (one, two) = (left.contig(first), right.contig(second))
            guard one.length == two.length else { return false }
            return (1...max(1, one.length)).allSatisfy { left.base(one, $0) == right.base(two, $0) }
        }
    }

    private func fits(_ score: Score) -> Bool {
        if score.checked < options.referenceMismatchMinimum { return true }
        return 1 - score.share <= options.referenceMismatchThreshold
    }

    private func score(_ reference: Reference, _ sample: UnsafeBufferPointer<UInt8>) -> Score {
        var score = Score(reference: reference)
        let store = reference.store
        score.isNamed = LikelyAssembly.isNamed(reference, in: header.reference)
        for contig in header.contigs {
            guard let length = contig.length, let number = store.contigNumbers[contig.name] else { continue }
            if store.manifest.contigs[number].length == length {
                score.lengthsAgreeing += 1
            } else {
                score.lengthsDiffering += 1
            }
        }
        var mitochondrial = (checked: 0, agreeing: 0)
        AssemblyDetector.forEachRecord(sample, limit: options.detectionRecords) { name, position, allele in
            score.records += 1
            guard let number = store.contigNumbers[name] else { return }
            score.onKnownContig += 1
            if store.manifest.contigs[number].name == name { score.underOwnName += 1 }
            let agrees = store.agrees(allele, position, store.contig(number)) ? 1 : 0
            if ContigNames.isMitochondrion(name) {
                mitochondrial.checked += 1
                mitochondrial.agreeing += agrees
            } else {
                score.checked += 1
                score.agreeing += agrees
            }
        }
        // One assembly comes with one mitochondrion or another, which is judged by itself where there is more to go by.
        if score.checked == 0 { (score.checked, score.agreeing) = mitochondrial }
        return score
    }

    /// The last line may lack its line end, or be cut off where the sample ends; its first columns are what matters.
    static func forEachRecord(
        _ sample: UnsafeBufferPointer<UInt8>,
        limit: Int,
        _ body: (String, Int, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var position = 0
        var records = 0
        while position < sample.count && records < limit {
            let newline = memchr(sample.baseAddress! + position, 10, sample.count - position)
            let end = newline.map { UnsafeRawPointer(sample.baseAddress!).distance(to: $0) } ?? sample.count
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
        AssemblyDetector.forEachRecord(sample, limit: options.detectionRecords) { name, _, _ in
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

    private func ambiguity(_ equals: [Score]) -> AnnotationError {
        let names = equals.map(\.reference.name).sorted()
        let list = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        return AnnotationError(
            .noReference,
            "This file could be of \(list), and nothing in it tells which: name the reference (--reference), or add "
                + "##contig lines with lengths."
        )
    }

    private func refusal(_ scores: [Score], _ looks: LikelyAssembly) -> AnnotationError {
        let installed = "Installed here: " + scores.map(\.reference.name).joined(separator: ", ") + "."
        if let wrong = scores.filter({ $0.onKnownContig > 0 }).max(by: isWorse) {
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
