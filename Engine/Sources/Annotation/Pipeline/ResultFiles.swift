/// The files of a result: the result itself, its index and the list of problems. They appear together or not at all.
final class ResultFiles {
    private let main: OutputFile
    private var problems: OutputFile?
    private var indexFile: OutputFile?
    private var index: TabixIndex?
    /// What became of the index, as a sentence; nil if none was asked for.
    private(set) var indexNote: String?

    /// - Parameters:
    ///   - path: of the result; packed if it ends in `.gz` or `.bgz`.
    ///   - problemsPath: of the list of problems; none is written if nil.
    init(path: String, options: AnnotationOptions) throws(AnnotationError) {
        main = try OutputFile(path: path, content: "The result")
        if let path = options.problemsPath {
            problems = try OutputFile(path: path, isRaw: true, content: "The list of problems")
            try problems?.write(ProblemRows.header)
        }
        guard options.writesIndex else { return }
        guard options.outputFormat == .vcf && main.isCompressed else {
            indexNote = "No index was made: only a packed VCF can have one."
            return
        }
        indexFile = try OutputFile(path: path + ".tbi", isRaw: true, content: "The index")
        index = TabixIndex()
    }

    var isCompressed: Bool { main.isCompressed }
    var isIndexed: Bool { index != nil }

    /// Writes the header of the result.
    func writeHeader(_ bytes: [UInt8]) throws(AnnotationError) {
        var packed = ByteBuffer()
        if isCompressed {
            bytes.withUnsafeBufferPointer { BlockWriter().pack($0, into: &packed) }
        } else {
            bytes.withUnsafeBufferPointer { packed.append($0) }
        }
        try main.write(packed.bytes)
    }

    /// Writes the next records.
    /// - Parameters:
    ///   - bytes: as they are stored.
    ///   - size: bytes before packing.
    ///   - lines: lines of the input before them.
    func write(
        _ bytes: UnsafeBufferPointer<UInt8>, size: Int, _ entries: borrowing IndexEntries,
        _ problemRows: borrowing ProblemRows,
        after lines: Int
    ) throws(AnnotationError) {
        index?.add(entries, packed: bytes, size: size, at: main.size)
        try main.write(bytes)
        if problemRows.isEmpty || problems == nil { return }
        var rows = ByteBuffer()
        problemRows.write(after: lines, to: &rows)
        try problems?.write(rows.bytes)
    }

    /// Completes all files and gives them their names.
    func finish() throws(AnnotationError) {
        try main.complete()
        try problems?.complete()
        try completeIndex()
        // Readers doubt an index that is older than its file: it is completed last, and the result appears last.
        try indexFile?.publish()
        do throws(AnnotationError) {
            try problems?.publish()
            try main.publish()
        } catch {
            indexFile?.retract()
            problems?.retract()
            throw error
        }
    }

    private func completeIndex() throws(AnnotationError) {
        guard let index, let indexFile else { return }
        if let obstacle = index.obstacle {
            indexNote = "No index was made: \(obstacle)."
            indexFile.discard()
            self.indexFile = nil
            return
        }
        try indexFile.write(index.packed())
        try indexFile.complete()
        indexNote = "A tabix index of \(Phrase.count(index.records, "record")) was made."
    }

    /// Gives all files up.
    func discard() {
        main.discard()
        problems?.discard()
        indexFile?.discard()
    }
}
