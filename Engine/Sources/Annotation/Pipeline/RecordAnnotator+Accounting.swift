/// What becomes of each alternate allele.
extension RecordAnnotator {
    /// None of the record's alleles is annotated, for one reason.
    mutating func account(_ reason: NotAnnotated, _ fields: RecordFields, line: Int) {
        marks.removeAll()
        for index in alleles.alternates.indices {
            let alternate = alleles.alternates[index]
            tally.reasons[(alternate.type == .noAlternate ? NotAnnotated.noAlternate : reason).rawValue] += 1
        }
        if setup.listsProblems { problemRows.add(reason, line: line, fields) { _ in true } }
    }

    /// Counts the alleles that got no consequences: those that `marks` lacks. Marks stand in the order of the alleles.
    @inline(__always)
    mutating func accountForTheRest(_ fields: RecordFields, line: Int) {
        if marks.count < alleles.alternates.count { accountForUnmarked(fields, line: line) }
    }

    private mutating func accountForUnmarked(_ fields: RecordFields, line: Int) {
        var counts = [Int](repeating: 0, count: NotAnnotated.allCases.count)
        forEachUnmarked { _, reason in counts[reason.rawValue] += 1 }
        for reason in NotAnnotated.allCases where counts[reason.rawValue] > 0 {
            tally.reasons[reason.rawValue] += counts[reason.rawValue]
            if !setup.listsProblems { continue }
            var concerned: [Int] = []
            forEachUnmarked { index, found in if found == reason { concerned.append(index) } }
            var next = 0
            problemRows.add(reason, line: line, fields) { index in
                guard next < concerned.count && concerned[next] == index else { return false }
                next += 1
                return true
            }
        }
    }

    private func reason(_ index: Int, _ type: VariantType) -> NotAnnotated? {
        if !structural.isEmpty, case .failure(let failure) = structural[index] { return NotAnnotated(failure) }
        return NotAnnotated(type)
    }

    private func forEachUnmarked(_ body: (Int, NotAnnotated) -> Void) {
        var next = 0
        for index in alleles.alternates.indices {
            let alternate = alleles.alternates[index]
            if next < marks.count && marks[next].alternate == index {
                next += 1
            } else if let reason = reason(index, alternate.type) {
                body(index, reason)
            }
        }
    }
}
