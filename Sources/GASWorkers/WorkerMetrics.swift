import CoreMetrics
import GAS

/// What workers count, by the names under which Prometheus finds it.
public enum WorkerMetrics {
    /// What each of them is.
    public static let help = [
        ended: "Jobs that ended, by their last state.",
        records: "Records that were annotated.",
        alleles: "Alternate alleles (variants) that were annotated.",
        seconds: "Time that an annotation took, in seconds.",
        leasesLost: "Jobs whose lease a worker lost to another one: it slept too long.",
        mails: "Mails, by what came of them.",
        archived: "Results that were moved to the archive.",
        restored: "Results that were brought back.",
        messages: "Messages that were handled, by queue and outcome.",
    ]

    private static let ended = "gas_jobs_ended_total"
    private static let records = "gas_annotated_records_total"
    private static let alleles = "gas_annotated_variants_total"
    private static let seconds = "gas_annotation_seconds"
    private static let leasesLost = "gas_leases_lost_total"
    private static let mails = "gas_mails_total"
    private static let archived = "gas_results_archived_total"
    private static let restored = "gas_results_restored_total"
    private static let messages = "gas_messages_total"

    static func completed(records: Int, alleles: Int, seconds: Double) {
        ended(.completed)
        Counter(label: Self.records).increment(by: records)
        Counter(label: Self.alleles).increment(by: alleles)
        Timer(label: Self.seconds).recordNanoseconds(Int64(seconds * 1e9))
    }

    static func failed() { ended(.failed) }

    /// The state as `gas_jobs` names it. Web servers count those that were cancelled.
    private static func ended(_ status: JobStatus) {
        Counter(label: ended, dimensions: [("status", status.rawValue)]).increment()
    }

    static func lostLease() { Counter(label: leasesLost).increment() }

    static func mail(_ outcome: String) { Counter(label: mails, dimensions: [("outcome", outcome)]).increment() }

    static func archivedResult() { Counter(label: archived).increment() }

    static func restoredResult() { Counter(label: restored).increment() }

    static func handled(_ queue: String, _ outcome: Outcome) {
        let name =
            switch outcome {
            case .done: "done"
            case .retry: "retry"
            case .snooze: "snooze"
            case .giveUp: "given-up"
            }
        Counter(label: messages, dimensions: [("queue", queue), ("outcome", name)]).increment()
    }
}
