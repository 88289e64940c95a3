import Foundation

/// One annotation of one file.
///
///     let library = ReferenceLibrary(directory: "references")
///     let run = AnnotationRun(input: "in.vcf.gz", output: "out.vcf.gz", references: try library.references())
///     let summary = try run.run()
public struct AnnotationRun: Sendable {
    private let input: String
    private let output: String
    private let references: [Reference]
    private let options: AnnotationOptions

    /// Describes a run.
    /// - Parameters:
    ///   - input: path of a VCF, plain, gzip or BGZF.
    ///   - output: path of the result; packed as BGZF if it ends in `.gz` or `.bgz`.
    ///   - references: the installed references; the run decides by evidence which one the file is of.
    public init(
        input: String,
        output: String,
        references: [Reference],
        options: AnnotationOptions = AnnotationOptions()
    ) {
        self.input = input
        self.output = output
        self.references = references
        self.options = options
    }

    /// Annotates. Blocks until done and uses its own threads: call it off the cooperative pool.
    ///
    /// The output holds the same records in the same order with the same columns; INFO is extended. Nothing is left at
    /// the output's place if the run fails or is cancelled.
    /// - Parameters:
    ///   - progress: called on the calling thread about seven times a second, and at the end.
    ///   - isCancelled: asked as often; true stops the run, which then throws ``AnnotationError/Code/cancelled``.
    /// - Returns: what was found.
    public func run(
        progress: @Sendable (AnnotationProgress) -> Void = { _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws(AnnotationError) -> AnnotationSummary {
        let begin = DispatchTime.now().uptimeNanoseconds
        var reader = try ChunkReader(path: input, name: options.inputName, limits: options.limits)
        let header = try reader.readHeader()
        let decision = try decide(header, &reader)
        let fields = OutputFields(
            reference: decision.reference, options: options, header: header, contigNames: decision.contigNames)
        let result = try annotate(header, fields, decision, reader, progress, isCancelled)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
        return summary(header, decision, result, seconds)
    }

    private func decide(
        _ header: VCFHeader,
        _ reader: inout ChunkReader
    ) throws(AnnotationError) -> AssemblyDetector.Decision {
        let detector = AssemblyDetector(header: header, options: options)
        let name = options.inputName
        let references = references
        let limits = options.limits
        let outcome = try reader.peek(records: options.detectionRecords, headerLines: header.lineCount) {
            sample, isWhole -> Result<AssemblyDetector.Decision, AnnotationError> in
            guard sample.contains(where: { $0 != 10 && $0 != 13 }) else {
                return .failure(AnnotationError(.noRecords, "\(name) holds a header but no records."))
            }
            do throws(AnnotationError) {
                return .success(try detector.decide(among: references, sample: sample))
            } catch {
                // A file whose records cannot even be read should hear of that first.
                return .failure(
                    AnnotationRun.firstFault(in: sample, isWhole: isWhole, header, limits: limits) ?? error)
            }
        }
        return try outcome.get()
    }

    /// The first record of `sample` that is malformed, if one is. Of a last line that is cut off (`isWhole` is false)
    /// the columns are judged that are there.
    private static func firstFault(
        in sample: UnsafeBufferPointer<UInt8>, isWhole: Bool, _ header: VCFHeader, limits: Limits
    ) -> AnnotationError? {
        var alleles = Alleles()
        var position = 0
        var line = header.lineCount
        while position < sample.count, line < header.lineCount + 1_000 {
            let newline = memchr(sample.baseAddress! + position, 10, sample.count - position)
            let end = newline.map { UnsafeRawPointer(sample.baseAddress!).distance(to: $0) } ?? sample.count
            line += 1
            let text = sample.slice(position, end > position && sample[end - 1] == 13 ? end - 1 : end)
            position = end + 1
            if text.isEmpty { continue }
            if text.count > limits.lineLength {
                return ChunkReader.tooLong(text.slice(0, limits.lineLength), limits, line: line)
            }
            var columns = header.columnCount
            if newline == nil && !isWhole {
                columns = text.reduce(1) { $0 + ($1 == 9 ? 1 : 0) }
                if columns < 8 {
                    if sample.count < ChunkReader.peekSize { return nil }
                    return AnnotationError(
                        .limitExceeded,
                        "The first eight columns of this line do not end within \(Phrase.grouped(text.count)) bytes.",
                        line: line, column: columns)
                }
            }
            do throws(AnnotationError) {
                let fields = try RecordFields(text, columns: columns, lineNumber: line)
                _ = try fields.position(lineNumber: line)
                try alleles.read(
                    fields, isVersion3: header.version.major == 3, limits: limits, lineNumber: line)
            } catch {
                return error
            }
        }
        return nil
    }

    private func annotate(
        _ header: VCFHeader,
        _ fields: OutputFields,
        _ decision: AssemblyDetector.Decision,
        _ reader: consuming ChunkReader,
        _ progress: @Sendable (AnnotationProgress) -> Void,
        _ isCancelled: @Sendable () -> Bool
    ) throws(AnnotationError) -> ChunkPipeline.Result {
        let files = try ResultFiles(path: output, options: options)
        switch options.outputFormat {
        case .vcf:
            try files.writeHeader(
                header.output(adding: fields.lines, isReplaced: fields.isReplaced(_:isInBlock:)))
        case .tsv: try files.writeHeader(fields.columns.tableHeader)
        case .jsonLines: break
        }
        let setup = RecordAnnotator.Setup(
            reference: decision.reference,
            options: options,
            columnCount: header.columnCount,
            isVersion3: header.version.major == 3,
            keys: fields.keys.map { Array($0.utf8) },
            others: OtherSequences(header, decision.reference),
            annTools: fields.annTools,
            tracks: fields.annTools?.renamed(decision.reference.store.tracks) ?? decision.reference.store.tracks,
            samples: options.haplotypes ? HaplotypeField.samples(header) : [],
            columns: fields.columns
        )
        let pipeline = ChunkPipeline(setup: setup, reader: reader, output: files, headerLines: header.lineCount)
        return try pipeline.run(progress: progress, isCancelled: isCancelled, check: check)
    }

    /// A file whose REF alleles disagree too often all along is of another assembly, even if its beginning fitted.
    private func check(_ tally: Tally, _ reference: Reference) throws(AnnotationError) {
        guard tally.checked >= options.referenceMismatchMinimum else { return }
        let share = Double(tally.mismatches) / Double(tally.checked)
        guard share > options.referenceMismatchThreshold else { return }
        throw AnnotationError(
            .wrongAssembly,
            "This file is of another assembly: \(Int((share * 100).rounded()))% of its REF alleles disagree with "
                + "\(reference.name)."
        )
    }

    private func summary(
        _ header: VCFHeader,
        _ decision: AssemblyDetector.Decision,
        _ result: ChunkPipeline.Result,
        _ seconds: Double
    ) -> AnnotationSummary {
        var summary = AnnotationSummary()
        summary.inputName = options.inputName
        summary.inputVersion = "\(header.version.major).\(header.version.minor)"
        summary.reference = decision.reference.name
        summary.referenceDescription = decision.reference.summaryLine
        summary.assemblyEvidence = decision.evidence
        summary.version = options.version
        summary.samples = header.sampleCount
        summary.fill(from: result.tally, contigNames: decision.reference.contigs.map(\.name))
        let others = OtherSequences(header, decision.reference).messages(result.tally.otherSequences)
        summary.problems = others.map { AnnotationSummary.Problem(line: nil, message: $0) } + result.problems
        summary.problemCount = others.count + result.problemCount
        if options.haplotypes { summary.addHaplotypes(result.tally.haplotypes) }
        summary.index = result.indexNote
        summary.seconds = seconds
        summary.recordsPerSecond = seconds > 0 ? Double(summary.records) / seconds : 0
        return summary
    }
}
