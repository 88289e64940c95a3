import Annotation
import Foundation
import GAS
import Synchronization

/// The engine of this repository behind the service's port.
struct BuiltinEngine: AnnotationEngine {
    let library: ReferenceLibrary
    let options: AnnotationOptions

    func annotate(_ task: AnnotationTask, progress: @escaping @Sendable (JobProgress) -> Void) async throws
        -> ResultSummary
    {
        var options = options
        options.inputName = task.inputName
        options.date = task.date
        let cancelled = Atomic(false)
        do {
            let run = AnnotationRun(
                input: task.input, output: task.output, references: try library.references(), options: options)
            return try await withTaskCancellationHandler {
                let summary = try await OwnThread.run { () throws -> AnnotationSummary in
                    try run.run(
                        progress: { progress(JobProgress($0)) },
                        isCancelled: { cancelled.load(ordering: .relaxed) })
                }
                try Data(summary.countLog().utf8).write(to: URL(fileURLWithPath: task.log))
                return ResultSummary(summary)
            } onCancel: {
                cancelled.store(true, ordering: .relaxed)
            }
        } catch let error as AnnotationError {
            if error.code == .cancelled { throw CancellationError() }
            if [.inputOutput, .badReference].contains(error.code) {
                throw GASError(.unavailable, "The engine could not read or write.", cause: error)
            }
            try Data(refusalLog(task, error).utf8).write(to: URL(fileURLWithPath: task.log))
            throw EngineRefusal(reason: error.description)
        }
    }
}

extension BuiltinEngine {
    /// The log of a file that was not annotated.
    private func refusalLog(_ task: AnnotationTask, _ error: AnnotationError) -> String {
        """
        GAS \(options.version) did not annotate \(task.inputName)
        Reason     \(error.description)
        """
    }
}

/// Runs blocking work on a thread of its own, so that the threads that all tasks share stay free.
enum OwnThread {
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
