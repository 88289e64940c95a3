/// Changes of a haplotype that act together on the protein: they share a codon, or lie where the reading frame is shifted.
struct HaplotypeBlock {
    /// Its changes, 5' to 3' of the transcript.
    let changes: ArraySlice<HaplotypeChange>
    /// The length of the coding sequence changes by this much.
    let growth: Int

    var isOutOfFrame: Bool { growth % 3 != 0 }

    /// Takes from the front of `changes` those that act together. `isReached` is asked whether the product of the changes
    /// so far, out of frame, goes on to the next one.
    static func first(
        of changes: ArraySlice<HaplotypeChange>,
        isReached: (ArraySlice<HaplotypeChange>, HaplotypeChange) -> Bool
    ) -> HaplotypeBlock {
        var end = changes.startIndex + 1
        var growth = changes[changes.startIndex].growth
        var lastCodon = changes[changes.startIndex].lastCodon
        while end < changes.endIndex {
            let next = changes[end]
            let taken = changes[changes.startIndex..<end]
            let isPart = growth % 3 == 0 ? next.firstCodon <= lastCodon : isReached(taken, next)
            if !isPart { break }
            growth += next.growth
            lastCodon = max(lastCodon, next.lastCodon)
            end += 1
        }
        return HaplotypeBlock(changes: changes[changes.startIndex..<end], growth: growth)
    }

    /// Whether two of the changes, 5' to 3', are about the same bases or the same place.
    static func contradicts(_ changes: [HaplotypeChange]) -> Bool {
        zip(changes, changes.dropFirst()).contains { left, right in
            right.start < left.end || (left.start == left.end && right.start == right.end && left.start == right.start)
        }
    }
}
