import Foundation
import GAS

/// Counts the jobs that were submitted since it was asked last. A job whose time of submission lies before that, because
/// its transaction ended late, is counted the next time.
struct SubmissionCount {
    /// The count starts anew after so long, in seconds, so that it never spans many jobs.
    private static let span = 600.0
    /// And begins so far back, for transactions that end late.
    private static let overlap = 60.0

    private let jobs: any JobStore
    private var start: Date
    private var counted: Int?

    /// - Parameter start: jobs before this are not counted.
    init(jobs: any JobStore, start: Date) {
        self.jobs = jobs
        self.start = start
    }

    /// How many came since this was called last; `nil` when the store cannot tell.
    mutating func next(now: Date) async throws -> Int? {
        guard let total = try await jobs.submissions(since: start) else { return nil }
        // Accounts that were deleted took their jobs along.
        let new = max(0, total - (counted ?? 0))
        counted = total
        if now.timeIntervalSince(start) > Self.span {
            start = now.addingTimeInterval(-Self.overlap)
            counted = try await jobs.submissions(since: start)
        }
        return new
    }
}
