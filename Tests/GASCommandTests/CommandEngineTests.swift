import Foundation
import GAS
import GASCommand
import Testing

@Suite(.timeLimit(.minutes(1))) struct CommandEngineTests {
    private static let vcf = """
        ##fileformat=VCFv4.2
        #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
        MT\t73\t.\tA\tG\t.\t.\t.
        MT\t150\t.\tC\tT,CA,<DEL>\t.\t.\t.
        chr2\t9\t.\tAC\tA\t.\t.\t.
        chr10\t9\t.\tAC\tGT\t.\t.\t.
        chr2\t10\t.\tA\tC\t.\t.\t.

        """

    /// A folder with a file, removed at the end.
    private func inFolder(
        _ content: String = vcf, _ body: (AnnotationTask, String) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "gas-command-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(content.utf8).write(to: URL(fileURLWithPath: folder + "/input"))
        let task = AnnotationTask(
            input: folder + "/input", inputName: "my file.vcf", output: folder + "/result.vcf",
            log: folder + "/count.log", date: Date())
        try await body(task, folder)
    }

    private func engine(
        _ command: String, seconds: Double = 20, memory: Int? = nil, file: Int = 1 << 20
    ) throws -> CommandEngine {
        CommandEngine(
            settings: CommandEngineSettings(
                template: try CommandTemplate(command), timeLimit: seconds, memoryLimit: memory, fileLimit: file,
                logLimit: 1000, grace: 0.5))
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func standardOutputIsTheResult() async throws {
        try await inFolder { task, _ in
            let summary = try await engine("sh -c 'echo hello >&2; cat \"$1\"' sh {input}").annotate(task) { _ in }
            let result = try text(task.output)
            #expect(result == Self.vcf)
            #expect(summary.records == 5 && summary.alleles == 7)
            #expect(summary.contigs.map(\.name) == ["MT", "chr2", "chr10"])
            #expect(summary.variantTypes.first == .init(name: "SNV", count: 3))
            #expect(summary.transitions == 2 && summary.transversions == 1)
            let log = try text(task.log)
            #expect(log.contains("GAS ran sh on my file.vcf") && log.contains("hello") && log.contains("Records    5"))
        }
    }

    @Test func aNamedOutputIsTheResultAndTheRestIsSaid() async throws {
        try await inFolder { task, folder in
            let command = "sh -c 'echo said; echo $PWD; cp \"$1\" \"$2\"' sh {input} {output}"
            _ = try await engine(command).annotate(task) { _ in }
            let result = try text(task.output)
            #expect(result == Self.vcf)
            let log = try text(task.log)
            #expect(log.contains("said") && !log.contains(folder))
        }
    }

    @Test func itHasNoneOfOurEnvironment() async throws {
        setenv("GAS_TEST_SECRET", "do not tell", 1)
        try await inFolder { task, _ in
            _ = try await engine("sh -c 'env >&2; cat \"$1\"' sh {input}").annotate(task) { _ in }
            let log = try text(task.log)
            #expect(!log.contains("do not tell") && log.contains("LANG=C.UTF-8"))
        }
    }

    @Test func failureIsToldWithTheLastWord() async throws {
        try await inFolder { task, folder in
            let error = await #expect(throws: EngineRefusal.self) {
                try await engine("sh -c 'echo one >&2; echo {folder}/x is bad >&2; exit 3'").annotate(task) { _ in }
            }
            #expect(error?.reason == "sh ended with status 3: x is bad")
            let log = try text(task.log)
            #expect(log.contains("one\nx is bad"))
        }
    }

    @Test func aProgramThatDoesNotExistIsAFailure() async throws {
        try await inFolder { task, _ in
            let error = await #expect(throws: EngineRefusal.self) {
                try await engine("no-such-annotator {input}").annotate(task) { _ in }
            }
            #expect(error?.reason.contains("no-such-annotator ended with status") == true)
        }
    }

    @Test func itsTimeIsLimitedAndItsChildrenEndWithIt() async throws {
        try await inFolder { task, folder in
            let command = "sh -c '(sleep 60; touch {folder}/late) & echo $! > {folder}/child; wait'"
            let begin = ContinuousClock.now
            let error = await #expect(throws: EngineRefusal.self) {
                try await engine(command, seconds: 1).annotate(task) { _ in }
            }
            #expect(error?.reason == "sh did not end within 1 seconds and was stopped.")
            #expect(ContinuousClock.now - begin < .seconds(10))
            let child = try #require(Int32(try text(folder + "/child").trimmingCharacters(in: .whitespacesAndNewlines)))
            try await Task.sleep(for: .milliseconds(300))
            // Gone, or dead and not yet buried by whoever inherited it.
            let status = (try? text("/proc/\(child)/status")) ?? "State:\tZ"
            #expect(status.contains("State:\tZ"))
        }
    }

    @Test func cancellationEndsIt() async throws {
        try await inFolder { task, _ in
            let engine = try engine("sleep 60")
            let running = Task { try await engine.annotate(task) { _ in } }
            try await Task.sleep(for: .milliseconds(300))
            running.cancel()
            let begin = ContinuousClock.now
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(ContinuousClock.now - begin < .seconds(10))
        }
    }

    @Test func itsMemoryAndFilesAreLimited() async throws {
        try await inFolder { task, _ in
            let large = "python3 -c 'b = bytearray(400_000_000); print(len(b))'"
            let memory = await #expect(throws: EngineRefusal.self) {
                try await engine(large, memory: 100_000_000).annotate(task) { _ in }
            }
            #expect(memory?.reason.contains("MemoryError") == true)
        }
        try await inFolder { task, _ in
            let file = await #expect(throws: EngineRefusal.self) {
                try await engine("sh -c 'yes > {output}'", file: 100_000).annotate(task) { _ in }
            }
            #expect(file?.reason.hasPrefix("sh ") == true)
            let size = try FileManager.default.attributesOfItem(atPath: task.output)[.size] as? Int
            #expect(size == 100_000)
        }
    }

    @Test(arguments: ["true", "echo hello", "cp {input} {output}.gz", "printf ''"])
    func whatIsNoVCFIsRefused(command: String) async throws {
        try await inFolder { task, _ in
            await #expect(throws: EngineRefusal.self) { try await engine(command).annotate(task) { _ in } }
            let log = try text(task.log)
            #expect(log.contains("Outcome"))
        }
    }

    @Test func aLongSayIsCut() async throws {
        try await inFolder { task, _ in
            _ = try await engine("sh -c 'seq 10000 >&2; cat \"$1\"' sh {input}").annotate(task) { _ in }
            let log = try text(task.log)
            #expect(log.utf8.count < 1500 && log.contains("[...]") && log.hasSuffix("10000\n"))
        }
    }

    @Test func wordsAreTakenApartAsInAShell() throws {
        let template = try CommandTemplate(#"tool -x 'a b' "c 'd'" e\ f --in={input} '' awk '{print $1}'"#)
        #expect(template.words == ["tool", "-x", "a b", "c 'd'", "e f", "--in={input}", "", "awk", "{print $1}"])
        #expect(!template.namesOutput)
        #expect(template.filled([.input: "/a b/$(x).vcf"])[5] == "--in=/a b/$(x).vcf")
    }

    @Test(arguments: ["", "   ", "tool 'open", "tool \\", "tool {inptu}"])
    func whatIsNoCommandIsRefused(text: String) {
        #expect(throws: GASError.self) { try CommandTemplate(text) }
    }
}
