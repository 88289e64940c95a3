import Foundation

/// Runs the workers. Each takes the next chunk of the input, annotates and packs it by itself, and waits for its turn to
/// write: three steps, of which the first and the last are done by one worker at a time.
///
///     read + inflate + cut  ->  annotate + deflate  ->  write
///        one at a time             in parallel          in order
///
/// Memory is one chunk of input and one of output for each worker, whatever the file.
final class ChunkPipeline: @unchecked Sendable {
    /// What a worker keeps of a buffer from chunk to chunk.
    private static let kept = 4 * RecordAnnotator.fullSize

    private let setup: RecordAnnotator.Setup
    private let inputLock = NSLock()
    private let outputState = NSCondition()
    /// Signalled by each worker at its end. Not by each chunk: whoever waits for the end shares the cores with the workers.
    private let ended = DispatchSemaphore(value: 0)
    // Under inputLock.
    private var reader: ChunkReader
    private let windows: HaplotypeWindows?
    private var nextToRead = 0
    // Under outputState.
    private var output: ResultFiles
    private var nextToWrite = 0
    private var lines: Int
    private var records = 0
    private var bytesRead = 0
    private var running: Int
    private var failure: AnnotationError?
    private var problems: [AnnotationSummary.Problem] = []
    private var problemCount = 0
    private var written = 0
    private var tally: Tally
    private let totalBytes: Int
    private let isCompressed: Bool
    private let isIndexed: Bool

    init(
        setup: RecordAnnotator.Setup,
        reader: consuming ChunkReader,
        output: ResultFiles,
        headerLines: Int
    ) {
        self.setup = setup
        totalBytes = reader.totalBytes
        self.reader = reader
        isCompressed = output.isCompressed
        isIndexed = output.isIndexed
        self.output = output
        windows =
            setup.samples.isEmpty
            ? nil : HaplotypeWindows(store: setup.reference.store, limits: setup.options.haplotypeLimits)
        lines = headerLines
        running = max(1, setup.options.threads)
        let manifest = setup.reference.store.manifest
        tally = Tally(contigs: manifest.contigs.count, genes: manifest.genes)
    }

    /// What the run amounts to.
    struct Result {
        var tally: Tally
        var problems: [AnnotationSummary.Problem]
        var problemCount: Int
        var indexNote: String?
    }

    /// Annotates everything. Calls `progress` on the calling thread until the workers are done; `check` has the last word
    /// before the result appears under its name.
    func run(
        progress: (AnnotationProgress) -> Void,
        isCancelled: () -> Bool,
        check: (Tally, Reference) throws(AnnotationError) -> Void
    ) throws(AnnotationError) -> Result {
        let begin = DispatchTime.now().uptimeNanoseconds
        for number in 0..<running {
            let thread = Thread { [self] in work() }
            thread.name = "annotate \(number)"
            thread.stackSize = 1 << 21
            thread.start()
        }
        outputState.lock()
        while running > 0 {
            outputState.unlock()
            _ = ended.wait(timeout: .now() + 0.15)
            outputState.lock()
            let report = AnnotationProgress(
                records: records,
                bytesRead: bytesRead,
                totalBytes: totalBytes,
                seconds: Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
            )
            outputState.unlock()
            progress(report)
            let stop = isCancelled()
            outputState.lock()
            if stop && failure == nil { failure = AnnotationError(.cancelled, "The annotation was cancelled.") }
        }
        defer { outputState.unlock() }
        do throws(AnnotationError) {
            return try complete(check)
        } catch {
            // At once, not when the last thread lets go of this object.
            output.discard()
            throw error
        }
    }

    private func complete(_ check: (Tally, Reference) throws(AnnotationError) -> Void) throws(AnnotationError) -> Result
    {
        if let failure { throw failure }
        if reader.lacksEndMarker {
            problemCount += 1
            problems.append(
                AnnotationSummary.Problem(
                    line: nil,
                    message: "the file lacks BGZF's end marker; it may have been cut off on its way"
                )
            )
        }
        if reader.trailingBytes > 0 {
            problemCount += 1
            problems.append(
                AnnotationSummary.Problem(
                    line: nil,
                    message: "\(Phrase.count(reader.trailingBytes, "byte")) after the end of the compressed data "
                        + "were ignored; the file may be damaged or several files run together"
                )
            )
        }
        try check(tally, setup.reference)
        try AlleleAccounting(tally).check()
        try output.finish()
        return Result(tally: tally, problems: problems, problemCount: problemCount, indexNote: output.indexNote)
    }

    // MARK: a worker

    private func work() {
        var annotator = RecordAnnotator(setup)
        var input = ByteBuffer(capacity: ChunkReader.chunkSize + 1)
        var text = ByteBuffer(capacity: 1 << 20)
        var packed = ByteBuffer(capacity: 1 << 18)
        var entries = IndexEntries()
        let packer = BlockWriter()
        while let chunk = read(into: &input) {
            if let error = chunk.error {
                fail(error, at: chunk.number)
                break
            }
            if let window = chunk.window { annotator.follow(window, input.bytes) }
            var position = 0
            var goesOn = true
            while goesOn && position < input.count {
                text.removeAll(keepingAtMost: ChunkPipeline.kept)
                packed.removeAll(keepingAtMost: ChunkPipeline.kept)
                let lineCount: Int
                do {
                    lineCount = try annotator.annotate(input.bytes, from: &position, into: &text)
                } catch {
                    fail(error, at: chunk.number)
                    goesOn = false
                    break
                }
                if isCompressed { packer.pack(text.bytes, into: &packed) }
                if isIndexed { entries.read(text.bytes) }
                let part = Part(
                    chunk: chunk.number, isLast: position == input.count, lines: lineCount, size: text.count,
                    bytesRead: chunk.bytesRead)
                goesOn = write(isCompressed ? packed.bytes : text.bytes, part, annotator, entries)
            }
            if !goesOn { break }
            input.removeAll(keepingAtMost: ChunkPipeline.kept)
        }
        let counted = annotator.finish()
        outputState.lock()
        tally.add(counted)
        running -= 1
        outputState.broadcast()
        outputState.unlock()
        ended.signal()
    }

    private struct Chunk {
        let number: Int
        var bytesRead = 0
        /// Its place among the haplotypes, if these are followed.
        var window: HaplotypeWindow?
        var error: AnnotationError?
    }

    private func read(into input: inout ByteBuffer) -> Chunk? {
        inputLock.lock()
        defer { inputLock.unlock() }
        if hasFailed { return nil }
        do {
            var window: HaplotypeWindow?
            if let windows {
                window = try windows.next(from: &reader, into: &input)
                if window == nil { return nil }
            } else if try !reader.next(into: &input) {
                return nil
            }
            nextToRead += 1
            return Chunk(number: nextToRead - 1, bytesRead: reader.bytesRead, window: window)
        } catch {
            nextToRead += 1
            return Chunk(number: nextToRead - 1, error: error)
        }
    }

    private var hasFailed: Bool {
        outputState.lock()
        defer { outputState.unlock() }
        return failure != nil
    }

    /// Waits until all chunks before this one are written; false if one of them failed.
    private func awaitTurn(_ chunk: Int) -> Bool {
        while nextToWrite != chunk && failure == nil { outputState.wait() }
        return failure == nil
    }

    /// The first failure in the order of the file counts, whichever worker meets one first.
    private func fail(_ error: AnnotationError, at chunk: Int) {
        outputState.lock()
        defer { outputState.unlock() }
        if awaitTurn(chunk) { failure = error.shifted(byLines: lines) }
        outputState.broadcast()
    }

    /// What is written at once: the output of a chunk, or a piece of it if that is large.
    private struct Part {
        let chunk: Int
        let isLast: Bool
        let lines: Int
        /// Before packing.
        let size: Int
        let bytesRead: Int
    }

    private func write(
        _ bytes: UnsafeBufferPointer<UInt8>, _ part: Part, _ annotator: borrowing RecordAnnotator,
        _ entries: borrowing IndexEntries
    ) -> Bool {
        outputState.lock()
        defer { outputState.unlock() }
        guard awaitTurn(part.chunk) else { return false }
        do throws(AnnotationError) {
            written += part.size
            try checkSize()
            try output.write(bytes, size: part.size, entries, annotator.problemRows, after: lines)
        } catch {
            failure = error
            outputState.broadcast()
            return false
        }
        for contig in annotator.unknownContigs { tally.addUnknown(contig.name, contig.count) }
        for problem in annotator.problems where problems.count < setup.options.problemLimit {
            problems.append(AnnotationSummary.Problem(line: problem.line.map { $0 + lines }, message: problem.message))
        }
        problemCount += annotator.problemCount
        lines += part.lines
        records += part.lines
        bytesRead = max(bytesRead, part.bytesRead)
        if part.isLast { nextToWrite += 1 }
        outputState.broadcast()
        return true
    }

    private func checkSize() throws(AnnotationError) {
        if written <= setup.options.limits.writtenSize { return }
        throw AnnotationError(
            .limitExceeded,
            "The result grows beyond the \(setup.options.limits.writtenSize) bytes that are allowed here.",
            line: lines + 1
        )
    }
}
