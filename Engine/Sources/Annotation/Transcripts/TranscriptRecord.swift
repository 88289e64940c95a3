/// A run of bytes in the reference's text file.
struct TextRange: BitwiseCopyable {
    var offset: UInt32 = 0
    var count: UInt32 = 0
}

/// A transcript as it lies in `transcripts.bin`. Genomic positions are 1-based and closed; cDNA positions are 1-based
/// and run 5' to 3' of the transcript.
struct TranscriptRecord: BitwiseCopyable {
    var contig: Int32 = 0
    var start: Int32 = 0
    var end: Int32 = 0
    /// +1 or -1.
    var strand: Int32 = 1
    var flags: Int32 = 0
    var geneticCode: Int32 = 1
    var exonOffset: Int32 = 0
    var exonCount: Int32 = 0
    var cdnaLength: Int32 = 0
    /// First and last cDNA position of the CDS, stop codon included; 0 in a non-coding transcript.
    var codingStart: Int32 = 0
    var codingEnd: Int32 = 0
    /// Bases missing before the first whole codon's start in a CDS that is incomplete at its 5' end (Ensembl's phase).
    var startPhase: Int32 = 0
    /// Adenines of the poly-A tail that complete the last codon (0, 1 or 2).
    var tailBases: Int32 = 0
    var genomicCodingStart: Int32 = 0
    var genomicCodingEnd: Int32 = 0
    /// Where in `spliced.bin` the cDNA of a coding transcript begins, tail bases included.
    var splicedOffset: UInt32 = 0
    var gene: Int32 = 0
    var matureOffset: Int32 = 0
    var matureCount: Int32 = 0
    /// How soon VEP picks the transcript, by ``PickRank``; the lower, the sooner.
    var pickRank: Int32 = 0
    /// `|SYMBOL|Gene|Transcript|Feature|BIOTYPE|`, ready for CSQ.
    var head = TextRange()
    /// `STRAND|FLAGS|SYMBOL_SOURCE|HGNC_ID`, ready for CSQ.
    var tail = TextRange()
    /// The name before `:c.` or `:n.`.
    var name = TextRange()
    /// The name before `:p.`.
    var protein = TextRange()
    /// `CANONICAL|MANE|MANE_SELECT|MANE_PLUS_CLINICAL|TSL|APPRIS|CCDS|ENSP`, ready for CSQ.
    var attributes = TextRange()

    static let isNMD: Int32 = 1
    static let isMicroRNA: Int32 = 2
    static let isProteinCoding: Int32 = 4
    static let startNotFound: Int32 = 8
    static let endNotFound: Int32 = 16
    static let hasFrameshiftIntron: Int32 = 32
}

/// An exon as it lies in `exons.bin`, in genomic order within its transcript.
struct ExonRecord: BitwiseCopyable {
    /// 1-based, closed.
    var start: Int32
    var end: Int32
    /// The cDNA position of the exon's 5' end.
    var cdnaStart: Int32
}

/// A genomic interval, 1-based and closed.
struct IntervalRecord: BitwiseCopyable {
    var start: Int32
    var end: Int32
}
