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
}
