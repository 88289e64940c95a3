import Foundation
import GAS
import Logging

/// Takes `job_results` and tells the owner by mail, once.
public struct Notifier: MessageHandler {
    private let jobs: any JobStore
    private let accounts: any AccountStore
    private let mailer: any Mailer
    private let mails: JobMail
    private let leaseSeconds: Double
    private let clock: any WallClock

    /// - Parameters:
    ///   - mails: how the mails read.
    ///   - leaseSeconds: for how long one notifier alone may try to send a mail.
    public init(
        jobs: any JobStore, accounts: any AccountStore, mailer: any Mailer, mails: JobMail, leaseSeconds: Double,
        clock: any WallClock
    ) {
        self.jobs = jobs
        self.accounts = accounts
        self.mailer = mailer
        self.mails = mails
        self.leaseSeconds = leaseSeconds
        self.clock = clock
    }

    /// Tells the owner of one job, unless that was done.
    public func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome {
        let message: JobFinished
        do {
            message = try JobFinished(body: delivery.body)
        } catch {
            return .giveUp(reason: "\(error)")
        }
        var logger = logger
        logger[metadataKey: "job_id"] = "\(message.jobID)"
        guard let job = try await jobs.job(message.jobID), let account = try await accounts.account(job.userID) else {
            logger.warning("The job or its account does not exist any more.")
            return .done
        }
        guard job.status.isFinal else { return .retry(reason: "The job has not ended yet.") }
        guard let reservation = job.beginNotifying(leaseSeconds: leaseSeconds, now: clock.now) else {
            guard job.status.isTold, job.notifyTime == nil, let expires = job.notifyExpires else { return .done }
            return .snooze(until: expires)
        }
        guard let reserved = try await jobs.update(reservation) else {
            return .retry(reason: "Somebody else is sending this mail.")
        }
        return try await tell(account, of: reserved, logger: logger)
    }

    private func tell(_ account: Account, of job: Job, logger: Logger) async throws -> Outcome {
        var refusal: GASError?
        do {
            try await mailer.send(mails.mail(about: job, to: account))
        } catch let error as GASError where error.code == .invalid {
            // Nobody can be told at this address: that is final, and the job page still says everything.
            logger.error("The mail was refused.", metadata: ["error": "\(error)"])
            refusal = error
        }
        if let told = job.notified(now: clock.now) { _ = try await jobs.update(told) }
        if refusal == nil { logger.info("The owner was told.", metadata: ["status": "\(job.status.rawValue)"]) }
        return refusal.map { .giveUp(reason: "\($0)") } ?? .done
    }
}
