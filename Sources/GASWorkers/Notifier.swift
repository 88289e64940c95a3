import Foundation
import GAS
import Logging

/// Takes `job_results` and `result_notices`, and tells the owner by mail whatever is to be told, each thing once; and
/// notices about accounts, which it leaves to `AccountNotifier`.
public struct Notifier: MessageHandler {
    private let jobs: any JobStore
    private let accounts: any AccountStore
    private let mailer: any Mailer
    private let mails: JobMail
    private let accountNotices: AccountNotifier?
    private let leaseSeconds: Double
    private let clock: any WallClock

    /// - Parameters:
    ///   - mails: how the mails read.
    ///   - accountNotices: sends what is not about jobs; `nil` where nobody signs in with a password.
    ///   - leaseSeconds: for how long one notifier alone may try to send a mail.
    public init(
        jobs: any JobStore, accounts: any AccountStore, mailer: any Mailer, mails: JobMail,
        accountNotices: AccountNotifier? = nil, leaseSeconds: Double, clock: any WallClock
    ) {
        self.jobs = jobs
        self.accounts = accounts
        self.mailer = mailer
        self.mails = mails
        self.accountNotices = accountNotices
        self.leaseSeconds = leaseSeconds
        self.clock = clock
    }

    /// Tells the owner of one job, unless that was done. The message only says of which.
    public func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome {
        if let accountNotices, let notice = try? AccountNotice(body: delivery.body) {
            return try await accountNotices.handle(notice, logger: logger)
        }
        let message: ResultMoved
        do {
            message = try ResultMoved(body: delivery.body)
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
        if job.status.isTold, job.notifyTime == nil {
            let outcome = try await tellEnd(of: job, to: account, logger: logger)
            guard outcome == .done, job.notice != nil, let now = try await jobs.job(job.id) else { return outcome }
            return try await tellMove(of: now, to: account, logger: logger)
        }
        return try await tellMove(of: job, to: account, logger: logger)
    }

    private func tellEnd(of job: Job, to account: Account, logger: Logger) async throws -> Outcome {
        guard let reservation = job.beginNotifying(leaseSeconds: leaseSeconds, now: clock.now) else {
            return .snooze(until: job.notifyExpires ?? clock.now)
        }
        guard let reserved = try await jobs.update(reservation) else {
            return .retry(reason: "Somebody else is sending this mail.")
        }
        let outcome = try await send(mails.end(of: reserved, to: account), logger: logger)
        if let told = reserved.notified(now: clock.now) { _ = try await jobs.update(told) }
        return outcome
    }

    /// Tells where the result is now. What was owed before it moved on is owed no more.
    private func tellMove(of job: Job, to account: Account, logger: Logger) async throws -> Outcome {
        guard let notice = job.notice else { return .done }
        guard let reservation = job.beginTelling(leaseSeconds: leaseSeconds, now: clock.now) else {
            return .snooze(until: job.noticeExpires ?? clock.now)
        }
        guard let reserved = try await jobs.update(reservation) else { return .changed }
        let outcome = try await send(mails.move(of: reserved, notice, to: account), logger: logger)
        if let told = reserved.told() { _ = try await jobs.update(told) }
        return outcome
    }

    private func send(_ mail: Mail, logger: Logger) async throws -> Outcome {
        guard !mail.recipientAddress.isEmpty else {
            logger.info(
                "The owner has no e-mail address yet; the page says everything.", metadata: ["mail": "\(mail.id)"])
            return .done
        }
        do {
            try await mailer.send(mail)
        } catch let error as GASError where error.code == .invalid {
            // Nobody can be told at this address: that is final, and the job page still says everything.
            logger.error("The mail was refused.", metadata: ["error": "\(error)"])
            return .giveUp(reason: "\(error)")
        }
        logger.info("The owner was told.", metadata: ["mail": "\(mail.id)"])
        return .done
    }
}
