import GAS

/// What changes on the details page while a job waits and runs, and word that its result has moved: shown at first, then
/// sent as events.
struct JobProgressView: Encodable, Equatable {
    let status: String
    /// Whole percent, 0 to 100.
    let percent: Int
    /// `45 %`; empty until the first records are done.
    let share: String
    /// `12,000 records`; of a running job that has done none yet, what it does instead.
    let records: String
    /// `350,000 records per second`.
    let speed: String
    /// `2 jobs ahead of yours`.
    let queue: String
    /// Differs when what is shown of the result is no longer true.
    let result: String

    init(_ job: Job, _ access: ResultAccess, ahead: Int?) {
        status = job.status.rawValue
        result = access.version(of: job)
        let progress = job.progress.flatMap { $0.records > 0 ? $0 : nil }
        percent = Int(((progress?.fraction ?? 0) * 100).rounded(.down))
        share = progress == nil ? "" : "\(percent) %"
        records =
            progress.map { Wording.count($0.records, "record") }
            ?? (job.status == .running ? "Reading the file" : "")
        speed =
            progress.flatMap { $0.seconds > 0 ? $0.recordsPerSecond : nil }
            .map { Wording.count(Int($0.rounded())) + " records per second" } ?? ""
        queue =
            switch (job.status, ahead) {
            case (.pending, 0?): "Yours is next."
            case (.pending, let ahead?): Wording.count(ahead, "job") + " ahead of yours."
            default: ""
            }
    }
}
