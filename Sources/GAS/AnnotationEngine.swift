import Foundation

/// Annotates one file. The service knows no codons, the engine no jobs: this port stands between them.
public protocol AnnotationEngine: Sendable {
    /// Annotates `task.input` and writes result, log and summary. Returns when all are written, and honours
    /// cancellation of the task within a fraction of a second, leaving no partial output behind.
    /// - Parameter progress: called a few times a second.
    /// - Throws: `EngineRefusal` when the input cannot be annotated; any other error is a fault of ours.
    func annotate(_ task: AnnotationTask, progress: @escaping @Sendable (JobProgress) -> Void) async throws
        -> ResultSummary
}

/// What an engine is asked to do; all paths are local files in a folder of the job's own.
public struct AnnotationTask: Sendable {
    /// The uploaded file.
    public let input: String
    /// What its owner calls it, for messages and headers.
    public let inputName: String
    /// Where the annotated VCF goes.
    public let output: String
    /// Where the log for people goes. It is written on refusal too.
    public let log: String
    /// The date to write into the result, the same for every attempt, so that each attempt gives the same bytes.
    public let date: Date

    /// States a task.
    public init(input: String, inputName: String, output: String, log: String, date: Date) {
        self.input = input
        self.inputName = inputName
        self.output = output
        self.log = log
        self.date = date
    }
}

/// The input cannot be annotated, and trying again would not help.
public struct EngineRefusal: Error, Sendable, Hashable {
    /// One sentence for the owner: what, where (line, column), what to do.
    public let reason: String

    /// Refuses an input.
    public init(reason: String) {
        self.reason = reason
    }
}
