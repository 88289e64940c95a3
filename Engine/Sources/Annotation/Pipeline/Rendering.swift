/// How a run writes consequences, worked out from its options once.
final class Rendering: Sendable {
    /// Whether the entries of a record are collected before they are written.
    let isListed: Bool
    let layout: CSQLayout
    /// In the order in which they are written.
    let formats: [ConsequenceFormat]
    let writesHGVS: Bool
    let writesAminoAcids: Bool
    /// How far a transcript reaches, in bases.
    let upstream: Int
    let downstream: Int

    init(_ options: AnnotationOptions) {
        isListed = !options.isPlain
        layout = CSQLayout(options.csqFields)
        formats = ConsequenceFormat.allCases.filter { options.formats.contains($0) }
        writesHGVS = options.needsHGVS
        writesAminoAcids = options.formats.contains(.bcsq)
        upstream = options.upstreamDistance
        downstream = options.downstreamDistance ?? options.upstreamDistance
    }

    /// How far a transcript reaches before its start and behind its end on the genome, in bases.
    @inline(__always)
    func reach(of transcript: Transcript) -> (before: Int, after: Int) {
        transcript.isForward ? (upstream, downstream) : (downstream, upstream)
    }

    /// The consequence of a change beside a transcript; empty if it is too far away.
    @inline(__always)
    func neighbourhood(of change: Change, beside transcript: Transcript) -> ConsequenceSet {
        let (before, after) = reach(of: transcript)
        let isBefore = change.end >= transcript.start - before && change.end < transcript.start
        let isAfter = change.start <= transcript.end + after && change.start > transcript.end
        guard isBefore || isAfter else { return ConsequenceSet() }
        return ConsequenceSet(isBefore == transcript.isForward ? .upstreamGene : .downstreamGene)
    }
}
