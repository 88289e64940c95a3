import Foundation

/// The way of a result between the result store and the archive. Each change names the state that it leaves and the
/// number of the move, so that a worker that comes late, from this move or from an earlier one, changes nothing.
///
/// At every moment the bytes are in the result store (`AVAILABLE`, `ARCHIVING`) or in the archive (`ARCHIVED`,
/// `RESTORING`): a state is left only when the next place has them, and a place is cleared only afterwards. Each move
/// writes to a key or archive of its own, so that clearing up after one never touches what another one wrote.
///
/// `resultDue` says by when a next step is owed, whoever takes it; it is `nil` when the result may stay where it is for
/// ever. So nothing depends on a message: one that is lost is published again by the sweeper.
///
/// A method returns `nil` when the change is not allowed from the state that was read, or would change nothing.
extension Job {
    /// `AVAILABLE`: notes when the result must be looked at again.
    /// - Parameter due: when the owner's plan stops its download; `nil` when it does not.
    public func lookAgain(at due: Date?) -> JobUpdate? {
        guard resultState == .available, resultDue != due else { return nil }
        return resultUpdate(
            also: [.resultDue: attributes[.resultDue]], setting: [.resultDue: due.map(AttributeValue.time)])
    }

    /// `AVAILABLE -> ARCHIVING`: from now on this move copies the result to the archive.
    public func beginArchiving(now: Date) -> JobUpdate? {
        guard status == .completed, resultState == .available, archiveID == nil else { return nil }
        return moved(
            to: .archiving, now: now, due: now,
            setting: Job.withoutNotice.merging([.move: .number(move + 1)]) { $1 })
    }

    /// `ARCHIVING -> ARCHIVED`: the archive has the bytes. Removing them from the result store is owed.
    public func archived(as archiveID: String, now: Date) -> JobUpdate? {
        guard resultState == .archiving else { return nil }
        return moved(
            to: .archived, now: now, due: now,
            setting: Job.owing(.archived, now: now).merging([.archiveID: .text(archiveID)]) { $1 })
    }

    /// `ARCHIVED`: the bytes are in the archive alone.
    public func resultRemoved() -> JobUpdate? {
        guard resultState == .archived, resultDue != nil else { return nil }
        return resultUpdate(also: [:], setting: [.resultDue: nil])
    }

    /// `ARCHIVING -> AVAILABLE`: the result stays where it is after all.
    /// - Parameter due: when it must be looked at again; `nil` for never.
    public func keepAvailable(lookingAgainAt due: Date?, now: Date) -> JobUpdate? {
        guard resultState == .archiving else { return nil }
        return moved(to: .available, now: now, due: due, setting: [:])
    }

    /// `ARCHIVED -> RESTORING`: from now on this move fetches the result from the archive.
    public func beginRestoring(now: Date) -> JobUpdate? {
        guard resultState == .archived else { return nil }
        return moved(
            to: .restoring, now: now, due: now,
            setting: Job.withoutNotice.merging([.move: .number(move + 1)]) { $1 })
    }

    /// `RESTORING`: notes what the archive was asked for.
    public func retrieving(_ retrieval: Retrieval) -> JobUpdate? {
        guard resultState == .restoring, self.retrieval == nil else { return nil }
        var setting: [JobAttribute: AttributeValue?] = [.resultDue: .time(retrieval.expected)]
        for (name, value) in retrieval.attributes { setting[name] = value }
        return resultUpdate(also: [.retrievalID: nil], setting: setting)
    }

    /// `RESTORING`: forgets a retrieval that was lost, failed or expired, so that another one can be asked for.
    public func forgetRetrieval(now: Date) -> JobUpdate? {
        guard resultState == .restoring, let retrieval else { return nil }
        return resultUpdate(
            also: [.retrievalID: .text(retrieval.id)],
            setting: Job.withoutRetrieval.merging([.resultDue: .time(now)]) { $1 })
    }

    /// `RESTORING -> AVAILABLE`: the result store has the bytes. Removing them from the archive is owed.
    /// - Parameter resultKey: where this move has put them.
    public func restored(to resultKey: String, now: Date) -> JobUpdate? {
        guard resultState == .restoring else { return nil }
        return moved(
            to: .available, now: now, due: now,
            setting: Job.withoutRetrieval.merging(Job.owing(.restored, now: now)) { $1 }
                .merging([.resultKey: .text(resultKey), .restoreProblem: nil]) { $1 })
    }

    /// `AVAILABLE`: the bytes are in the result store alone.
    public func archiveRemoved() -> JobUpdate? {
        guard resultState == .available, let archiveID else { return nil }
        return resultUpdate(also: [.archiveID: .text(archiveID)], setting: [.archiveID: nil])
    }

    /// `RESTORING -> ARCHIVED`: what came from the archive is not what was put there. Nothing is removed, and the owner is
    /// to be told the first time.
    /// - Parameters:
    ///   - problem: a sentence for the owner.
    ///   - retry: when the next attempt is due, for somebody may have brought the file back by then.
    public func notRestored(because problem: String, tryingAgainAt retry: Date, now: Date) -> JobUpdate? {
        guard resultState == .restoring else { return nil }
        let notice = restoreProblem == nil ? Job.owing(.notRestored, now: now) : [:]
        return moved(
            to: .archived, now: now, due: retry,
            setting: Job.withoutRetrieval.merging(notice) { $1 }.merging([.restoreProblem: .text(problem)]) { $1 })
    }

    /// Notes that the message that moves the result on was published once more. The pause until the next time doubles.
    public func moveAgain(now: Date) -> JobUpdate? {
        guard let resultDue, let resultTime else { return nil }
        return resultUpdate(
            also: [.resultDue: .time(resultDue)],
            setting: [.resultDue: .time(now.addingTimeInterval(max(0, now.timeIntervalSince(resultTime))))])
    }

    /// Reserves the sending of the mail about the result to one notifier for a while; `nil` when none is owed or one is
    /// being sent.
    public func beginTelling(leaseSeconds: Double, now: Date) -> JobUpdate? {
        guard let notice, noticeExpires.map({ $0 <= now }) ?? true else { return nil }
        return resultUpdate(
            also: [.notice: .text(notice.rawValue), .noticeExpires: attributes[.noticeExpires]],
            setting: [.noticeExpires: .time(now.addingTimeInterval(leaseSeconds))])
    }

    /// Notes that the message that asks for the mail was published once more.
    public func tellAgain(now: Date) -> JobUpdate? {
        guard notice != nil, let noticeExpires else { return nil }
        return resultUpdate(
            also: [.noticeExpires: .time(noticeExpires)], setting: [.noticeExpires: .time(now)])
    }

    /// Notes that the mail about the result was sent.
    public func told() -> JobUpdate? {
        guard let notice else { return nil }
        return resultUpdate(also: [.notice: .text(notice.rawValue)], setting: Job.withoutNotice)
    }

    private func moved(
        to state: ResultState, now: Date, due: Date?, setting: [JobAttribute: AttributeValue?]
    ) -> JobUpdate {
        resultUpdate(
            also: [:],
            setting: setting.merging([
                .resultState: .text(state.rawValue), .resultTime: .time(now),
                .resultDue: due.map(AttributeValue.time),
            ]) { $1 })
    }

    private func resultUpdate(
        also expected: [JobAttribute: AttributeValue?], setting: [JobAttribute: AttributeValue?]
    ) -> JobUpdate {
        let state: [JobAttribute: AttributeValue?] = [
            .resultState: .text(resultState.rawValue), .move: .number(move),
        ]
        return update(also: state.merging(expected) { $1 }, setting: setting)
    }

    /// The mail may be sent at once, so the reservation has ended already.
    private static func owing(_ notice: ResultNotice, now: Date) -> [JobAttribute: AttributeValue?] {
        [.notice: .text(notice.rawValue), .noticeExpires: .time(now)]
    }

    private static let withoutNotice: [JobAttribute: AttributeValue?] = [.notice: nil, .noticeExpires: nil]

    private static let withoutRetrieval: [JobAttribute: AttributeValue?] = [
        .retrievalID: nil, .retrievalTier: nil, .retrievalExpected: nil,
    ]
}
