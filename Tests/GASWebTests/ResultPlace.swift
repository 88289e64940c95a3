import Foundation
import GAS

/// Where a result can be, and how the workers bring it there.
enum ResultPlace: CaseIterable {
    case available, archiving, archived, askedFor, retrieving, back, damaged

    typealias Step = @Sendable (Job, Date) -> JobUpdate?

    /// The steps from a result that is available.
    var steps: [Step] {
        switch self {
        case .available: []
        case .archiving: [Self.begin]
        case .archived: Self.archiveIt
        case .askedFor: Self.archiveIt + [Self.ask]
        case .retrieving: Self.archiveIt + [Self.ask, Self.retrieve]
        case .back: Self.archiveIt + [Self.ask, Self.retrieve, Self.restore, { job, _ in job.archiveRemoved() }]
        case .damaged: Self.archiveIt + [Self.ask, Self.giveUp]
        }
    }

    private static let begin: Step = { $0.beginArchiving(now: $1) }
    private static let archiveIt: [Step] = [begin, { $0.archived(as: "archive-1", now: $1) }]
    private static let ask: Step = { $0.beginRestoring(now: $1) }
    private static let retrieve: Step = {
        $0.retrieving(Retrieval(id: "retrieval", tier: .standard, expected: $1.addingTimeInterval(3600)))
    }
    private static let restore: Step = { job, now in job.output.flatMap { job.restored(to: $0.resultKey, now: now) } }
    private static let giveUp: Step = {
        $0.notRestored(
            because: "The archive gave back <other> bytes than were put there.", tryingAgainAt: $1 + 3600, now: $1)
    }
}
