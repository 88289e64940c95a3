import Annotation
import Foundation

/// Annotates a file and says what it took: `annotate REFERENCE INPUT OUTPUT`, or `annotate --build RECIPE REFERENCE`.
/// For measuring; the last line is JSON.
@main struct Annotate {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else { fatalError("annotate REFERENCE INPUT OUTPUT") }
        do throws(AnnotationError) {
            if arguments[1] == "--build" {
                _ = try ReferenceBuilder(recipe: arguments[2]).build(output: arguments[3])
            } else {
                try annotate(arguments[1], arguments[2], arguments[3])
            }
        } catch {
            report(error.description, code: error.code.rawValue)
        }
    }

    private static func annotate(_ reference: String, _ input: String, _ output: String) throws(AnnotationError) {
        var options = AnnotationOptions()
        options.threads = 2
        options.hgvs = true
        options.outputFormat = OutputFormat(fileName: output)
        options.writesIndex = output.hasSuffix(".vcf.gz")
        options.problemsPath = output + ".problems.tsv"
        options.inputName = (input as NSString).lastPathComponent
        let summary = try AnnotationRun(
            input: input, output: output, references: [try Reference.open(reference)], options: options
        ).run()
        report("\(summary.records) records", code: "done")
    }

    /// Peak resident memory of this process, in MiB, as the kernel counts it.
    private static func report(_ text: String, code: String) {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let outcome = Outcome(code: code, text: text, peakMiB: usage.ru_maxrss / 1024)
        print(String(decoding: (try? JSONEncoder().encode(outcome)) ?? Data(), as: UTF8.self))
    }

    private struct Outcome: Encodable {
        let code: String
        let text: String
        let peakMiB: Int
    }
}
