import Foundation

/// The changes that a job can go through. Each names the state it leaves, as it was when the job was read, so that of
/// two workers that try the same change one alone succeeds; those of a worker that holds the job also name its lease.
///
/// A method returns `nil` when the change is not allowed from the state that was read.
extension Job {
    /// `PENDING -> RUNNING`, or the takeover of a `RUNNING` job whose lease has run out.
    public func claim(by owner: String, leaseSeconds: Double, now: Date) -> JobUpdate? {
        let isAbandoned = status == .running && (lease.map { $0.expires <= now } ?? true)
        guard status == .pending || isAbandoned else { return nil }
        var setting: [JobAttribute: AttributeValue?] = [
            .status: .text(JobStatus.running.rawValue),
            .attempt: .number(attempt + 1),
            .leaseOwner: .text(owner),
            .leaseExpires: .time(now.addingTimeInterval(leaseSeconds)),
        ]
        if startTime == nil { setting[.startTime] = .time(now) }
        return update(
            also: [.leaseOwner: attributes[.leaseOwner], .leaseExpires: attributes[.leaseExpires]], setting: setting)
    }

    /// Extends the lease and records progress.
    public func renew(progress: JobProgress?, leaseSeconds: Double, now: Date) -> JobUpdate? {
        guard status == .running, lease != nil else { return nil }
        var setting: [JobAttribute: AttributeValue?] = [.leaseExpires: .time(now.addingTimeInterval(leaseSeconds))]
        for (name, value) in progress?.attributes ?? [:] { setting[name] = value }
        return heldUpdate(setting: setting)
    }

    /// `RUNNING -> PENDING`: an annotator gives the job back. The attempt number stays, since it is the fencing token.
    /// - Parameter isShutdown: because it shuts down, which is counted so that it does not look like a failed attempt.
    public func release(isShutdown: Bool) -> JobUpdate? {
        guard status == .running, lease != nil else { return nil }
        return heldUpdate(
            setting: Job.withoutLease.merging([
                .status: .text(JobStatus.pending.rawValue), .releases: .number(releases + (isShutdown ? 1 : 0)),
            ]) { $1 })
    }

    /// `RUNNING -> COMPLETED` with the result available.
    public func complete(output: JobOutput, progress: JobProgress?, now: Date) -> JobUpdate? {
        guard status == .running, lease != nil else { return nil }
        var setting = Job.withoutLease
        for (name, value) in output.attributes { setting[name] = value }
        for (name, value) in progress?.attributes ?? [:] { setting[name] = value }
        setting[.status] = .text(JobStatus.completed.rawValue)
        setting[.resultState] = .text(ResultState.available.rawValue)
        setting[.resultTime] = .time(now)
        setting[.resultDue] = .time(now)
        setting[.completeTime] = .time(now)
        return heldUpdate(setting: setting)
    }

    /// `PENDING | RUNNING -> FAILED`, with a reason that its owner understands and, where one was written, the log.
    public func fail(reason: String, log: ObjectLocation? = nil, now: Date) -> JobUpdate? {
        finish(as: .failed, reason: reason, log: log, now: now)
    }

    /// `PENDING | RUNNING -> CANCELLED`.
    public func cancel(now: Date) -> JobUpdate? {
        finish(as: .cancelled, reason: nil, log: nil, now: now)
    }

    /// Notes that the message that moves the job on was published once more.
    public func requestAgain(now: Date) -> JobUpdate? {
        guard !status.isFinal || (status.isTold && notifyTime == nil) else { return nil }
        return update(also: [.requestTime: .time(requestTime)], setting: [.requestTime: .time(now)])
    }

    /// Reserves the sending of the final mail to one notifier for a while; `nil` when it was sent or is being sent.
    public func beginNotifying(leaseSeconds: Double, now: Date) -> JobUpdate? {
        guard status.isTold, notifyTime == nil, notifyExpires.map({ $0 <= now }) ?? true else { return nil }
        return update(
            also: [.notifyTime: nil, .notifyExpires: attributes[.notifyExpires]],
            setting: [.notifyExpires: .time(now.addingTimeInterval(leaseSeconds))])
    }

    /// Notes that the final mail was sent.
    public func notified(now: Date) -> JobUpdate? {
        guard status.isTold, notifyTime == nil else { return nil }
        return update(also: [.notifyTime: nil], setting: [.notifyTime: .time(now)])
    }

    private func finish(as end: JobStatus, reason: String?, log: ObjectLocation?, now: Date) -> JobUpdate? {
        guard status.successors.contains(end) else { return nil }
        var setting = Job.withoutLease
        if let log {
            setting[.resultsBucket] = .text(log.bucket)
            setting[.logKey] = .text(log.key)
        }
        setting[.status] = .text(end.rawValue)
        setting[.completeTime] = .time(now)
        setting[.failureReason] = reason.map { .text($0) }
        return heldUpdate(setting: setting)
    }

    private static let withoutLease: [JobAttribute: AttributeValue?] = [
        .leaseOwner: nil, .leaseExpires: nil,
    ]

    /// An update by the holder of the lease. The expiry is left out of the condition: a heartbeat may have moved it.
    private func heldUpdate(setting: [JobAttribute: AttributeValue?]) -> JobUpdate {
        update(also: [.leaseOwner: attributes[.leaseOwner]], setting: setting)
    }

    func update(
        also expected: [JobAttribute: AttributeValue?], setting: [JobAttribute: AttributeValue?]
    ) -> JobUpdate {
        let state: [JobAttribute: AttributeValue?] = [
            .status: .text(status.rawValue), .attempt: .number(attempt),
        ]
        return JobUpdate(id: id, expecting: state.merging(expected) { $1 }, setting: setting)
    }
}
