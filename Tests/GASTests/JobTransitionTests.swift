import Foundation
import GAS
import Testing

@Suite struct JobTransitionTests {
    static let start = Date(timeIntervalSince1970: 1_700_000_000)

    let output = JobOutput(
        bucket: "gas-results",
        resultKey: "a.annot.vcf",
        logKey: "a.vcf.count.log",
        summaryKey: "a.json",
        resultSize: 7
    )

    func pendingJob() -> Job {
        Job(
            id: JobID(),
            userID: AccountID(),
            inputFileName: "a.vcf",
            input: ObjectLocation(bucket: "gas-inputs", key: "gas/u/j~a.vcf"),
            inputSize: 10,
            submitTime: Self.start
        )
    }

    /// Applies an update as a store would.
    func apply(_ update: JobUpdate?, to job: Job) throws -> Job {
        let update = try #require(update)
        return try Job(attributes: try #require(update.applied(to: job.attributes)))
    }

    func runningJob(owner: String = "a") throws -> Job {
        let job = pendingJob()
        return try apply(job.claim(by: owner, leaseSeconds: 30, now: Self.start), to: job)
    }

    /// A job in each state, reached only by allowed steps.
    func job(in status: JobStatus) throws -> Job {
        switch status {
        case .pending: pendingJob()
        case .running: try runningJob()
        case .completed:
            try apply(
                runningJob().complete(output: output, progress: nil, now: Self.start),
                to: runningJobWithSameID()
            )
        case .failed: try apply(pendingJob().fail(reason: "No.", now: Self.start), to: pendingJob())
        case .cancelled: try apply(pendingJob().cancel(now: Self.start), to: pendingJob())
        }
    }

    /// An update does not look at the id, so any running job of the same owner serves.
    func runningJobWithSameID() throws -> Job { try runningJob() }

    @Test(arguments: JobStatus.allCases)
    func statusChangesOnlyToSuccessors(_ status: JobStatus) throws {
        let job = try job(in: status)
        let later = Self.start.addingTimeInterval(31)
        let steps: [(JobStatus, JobUpdate?)] = [
            (.running, job.claim(by: "b", leaseSeconds: 30, now: later)),
            (.pending, job.release(isShutdown: true)),
            (.completed, job.complete(output: output, progress: nil, now: later)),
            (.failed, job.fail(reason: "No.", now: later)),
            (.cancelled, job.cancel(now: later)),
        ]
        for (next, update) in steps {
            #expect((update != nil) == status.successors.contains(next), "\(status) -> \(next)")
            guard let update else { continue }
            #expect(try apply(update, to: job).status == next)
        }
    }

    @Test func claimGivesTheLease() throws {
        let job = try runningJob(owner: "a")
        #expect(job.attempt == 1)
        #expect(job.lease == Lease(owner: "a", expires: Self.start.addingTimeInterval(30)))
        #expect(job.startTime == Self.start)
    }

    @Test func ofTwoClaimsOneSucceeds() throws {
        let job = pendingJob()
        let first = job.claim(by: "a", leaseSeconds: 30, now: Self.start)
        let second = try #require(job.claim(by: "b", leaseSeconds: 30, now: Self.start))
        let claimed = try apply(first, to: job)
        #expect(second.applied(to: claimed.attributes) == nil)
    }

    @Test func liveLeaseIsRespectedAndDeadLeaseTakenOver() throws {
        let job = try runningJob(owner: "a")
        #expect(job.claim(by: "b", leaseSeconds: 30, now: Self.start.addingTimeInterval(29.999)) == nil)
        let taken = try apply(job.claim(by: "b", leaseSeconds: 30, now: Self.start.addingTimeInterval(30)), to: job)
        #expect(taken.lease?.owner == "b")
        #expect(taken.attempt == 2)
        #expect(taken.startTime == Self.start, "the first start stays")
    }

    @Test func lateWorkerChangesNothing() throws {
        let job = try runningJob(owner: "a")
        let taken = try apply(job.claim(by: "b", leaseSeconds: 30, now: Self.start.addingTimeInterval(60)), to: job)
        let late: [JobUpdate?] = [
            job.renew(progress: nil, leaseSeconds: 30, now: Self.start), job.release(isShutdown: true),
            job.complete(output: output, progress: nil, now: Self.start), job.fail(reason: "No.", now: Self.start),
            job.cancel(now: Self.start),
        ]
        for update in late {
            #expect(try #require(update).applied(to: taken.attributes) == nil)
        }
    }

    @Test func takeoverLosesAgainstARenewal() throws {
        let job = try runningJob(owner: "a")
        let now = Self.start.addingTimeInterval(31)
        let takeover = try #require(job.claim(by: "b", leaseSeconds: 30, now: now))
        let renewed = try apply(job.renew(progress: nil, leaseSeconds: 30, now: now), to: job)
        #expect(takeover.applied(to: renewed.attributes) == nil)
    }

    @Test func completionIsStillPossibleAfterARenewal() throws {
        let job = try runningJob()
        let progress = JobProgress(records: 5, bytes: 50, totalBytes: 100, seconds: 0.25)
        let renewed = try apply(
            job.renew(progress: progress, leaseSeconds: 30, now: Self.start.addingTimeInterval(10)),
            to: job
        )
        #expect(renewed.progress == progress)
        let completed = try apply(
            job.complete(output: output, progress: nil, now: Self.start.addingTimeInterval(20)),
            to: renewed
        )
        #expect(completed.output == output)
        #expect(completed.log == output.log)
        #expect(completed.resultState == .available)
        #expect(completed.lease == nil)
        #expect(completed.completeTime == Self.start.addingTimeInterval(20))
    }

    @Test func releaseAtShutdownDoesNotCountAsAnAttempt() throws {
        let job = try runningJob()
        let released = try apply(job.release(isShutdown: true), to: job)
        #expect(released.status == .pending)
        #expect(released.countedAttempts == 0)
        #expect(released.attempt == 1, "the fencing token never goes back")
        #expect(released.lease == nil)
    }

    @Test func releaseAfterAFaultCountsAsAnAttempt() throws {
        let job = try runningJob()
        #expect(try apply(job.release(isShutdown: false), to: job).countedAttempts == 1)
    }

    @Test func failureKeepsReasonAndLog() throws {
        let job = try runningJob()
        let failed = try apply(job.fail(reason: "Not a VCF.", log: output.log, now: Self.start), to: job)
        #expect(failed.failureReason == "Not a VCF.")
        #expect(failed.log == output.log)
        #expect(failed.output == nil)
    }

    @Test func ownerIsToldOnce() throws {
        let job = try job(in: .failed)
        let first = try #require(job.beginNotifying(leaseSeconds: 60, now: Self.start))
        let second = try #require(job.beginNotifying(leaseSeconds: 60, now: Self.start))
        let reserved = try apply(first, to: job)
        #expect(second.applied(to: reserved.attributes) == nil)
        #expect(reserved.beginNotifying(leaseSeconds: 60, now: Self.start.addingTimeInterval(59)) == nil)
        #expect(reserved.beginNotifying(leaseSeconds: 60, now: Self.start.addingTimeInterval(60)) != nil)
        let told = try apply(reserved.notified(now: Self.start), to: reserved)
        #expect(told.beginNotifying(leaseSeconds: 60, now: Self.start.addingTimeInterval(600)) == nil)
        #expect(told.notified(now: Self.start) == nil)
        #expect(told.requestAgain(now: Self.start) == nil)
    }

    @Test(arguments: [JobStatus.pending, .running, .cancelled])
    func nobodyIsToldOf(_ status: JobStatus) throws {
        #expect(try job(in: status).beginNotifying(leaseSeconds: 60, now: Self.start) == nil)
        #expect(try job(in: status).notified(now: Self.start) == nil)
    }

    @Test func republishingHappensOncePerRead() throws {
        let job = pendingJob()
        let now = Self.start.addingTimeInterval(600)
        let first = try #require(job.requestAgain(now: now))
        let second = try #require(job.requestAgain(now: now))
        let changed = try apply(first, to: job)
        #expect(changed.requestTime == now)
        #expect(second.applied(to: changed.attributes) == nil)
    }

    @Test func resultStatesFollowTheDesign() {
        let allowed: [ResultState: Set<ResultState>] = [
            .none: [.available], .available: [.archiving], .archiving: [.archived, .available],
            .archived: [.restoring], .restoring: [.available, .archived],
        ]
        for state in ResultState.allCases { #expect(state.successors == allowed[state]) }
    }

    @Test func attributesKeepTheOriginalNames() throws {
        let names = try job(in: .completed).attributes.keys.map(\.rawValue)
        for name in [
            "job_id", "user_id", "input_file_name", "s3_inputs_bucket", "s3_key_input_file", "submit_time",
            "job_status", "s3_results_bucket", "s3_key_result_file", "s3_key_log_file", "complete_time",
        ] {
            #expect(names.contains(name))
        }
    }

    @Test(arguments: JobStatus.allCases)
    func attributesRoundTrip(_ status: JobStatus) throws {
        let job = try job(in: status)
        #expect(try Job(attributes: job.attributes) == job)
        for (name, value) in job.attributes { #expect((value.number != nil) == name.isNumber, "\(name)") }
    }

    @Test func missingAttributeIsNamed() throws {
        var attributes = pendingJob().attributes
        attributes[.submitTime] = nil
        #expect { try Job(attributes: attributes) } throws: { error in
            (error as? GASError)?.code == .corrupted && "\(error)".contains("submit_time")
        }
    }
}
