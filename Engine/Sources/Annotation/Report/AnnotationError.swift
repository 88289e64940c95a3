/// Why a file could not be annotated, a reference could not be opened, or a reference could not be built.
///
/// `message` is one sentence for the person who gave the file. It names the file by the display name of
/// ``AnnotationOptions/inputName`` only, never by a path of the machine that annotates.
public struct AnnotationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of thing is wrong; stable, for programs and tests.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// The input is not a VCF at all: wrong first bytes, or nothing in it.
        case notVCF = "not_vcf"
        /// The input is empty.
        case empty
        /// The header has no `#CHROM` line, or a data line stands before it, or a header line is malformed.
        case badHeader = "bad_header"
        /// The header is fine and no record follows.
        case noRecords = "no_records"
        /// A data line does not have the columns that the header announces.
        case badColumns = "bad_columns"
        /// POS is not a number, or too large.
        case badPosition = "bad_position"
        /// REF or ALT holds letters that are no bases.
        case badAllele = "bad_allele"
        /// A byte that no text file has.
        case binaryData = "binary_data"
        /// The compressed input ends too early.
        case truncated
        /// The compressed input is damaged.
        case corrupt
        /// A limit of ``Limits`` is exceeded.
        case limitExceeded = "limit_exceeded"
        /// No installed reference fits the file.
        case noReference = "no_reference"
        /// The file's REF alleles disagree with the reference that its contigs name.
        case wrongAssembly = "wrong_assembly"
        /// A reference directory is missing, damaged or of another format version.
        case badReference = "bad_reference"
        /// A source file of a reference (FASTA, GFF3, VCF, BED) is unusable.
        case badSource = "bad_source"
        /// An option has a value that is not known.
        case badOption = "bad_option"
        /// Reading or writing failed in the operating system.
        case inputOutput = "input_output"
        /// The program contradicts itself; never the input's fault.
        case internalFault = "internal_fault"
        /// The caller asked to stop.
        case cancelled
    }

    /// What kind of thing is wrong.
    public let code: Code
    /// One sentence that says what is wrong, where, and where possible the remedy.
    public let message: String
    /// The line of the input, 1-based, if one is to blame.
    public let line: Int?
    /// The column (tab-separated field) of that line, 1-based, if one is to blame.
    public let column: Int?

    /// Creates an error; `line` and `column` are 1-based.
    public init(_ code: Code, _ message: String, line: Int? = nil, column: Int? = nil) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
    }

    /// The sentence, with the place it speaks of in front.
    public var description: String {
        switch (line, column) {
        case (let line?, let column?): "Line \(line), column \(column): \(message)"
        case (let line?, nil): "Line \(line): \(message)"
        default: message
        }
    }

    /// The same error of reading, at the place behind `bytes`, which could be read: line and column are counted in them.
    func located(after bytes: UnsafeBufferPointer<UInt8>) -> AnnotationError {
        if line != nil || code == .inputOutput { return self }
        var line = 1
        var column = 1
        for byte in bytes {
            if byte == 10 {
                line += 1
                column = 1
            } else if byte == 9 {
                column += 1
            }
        }
        return AnnotationError(code, message, line: line, column: column)
    }

    /// The same error, at a line counted from the start of the file.
    func shifted(byLines lines: Int) -> AnnotationError {
        AnnotationError(code, message, line: line.map { $0 + lines }, column: column)
    }
}
