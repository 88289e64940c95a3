import Foundation
import GAS

/// How the mails about jobs read.
public struct JobMail: Sendable {
    private let publicURL: String
    private let plans: Plans

    /// - Parameters:
    ///   - publicURL: the address of the web server, without a slash at the end.
    ///   - plans: what they say about downloading results.
    public init(publicURL: String, plans: Plans) {
        self.publicURL = publicURL
        self.plans = plans
    }

    /// The mail that tells of the end of a job.
    public func end(of job: Job, to account: Account) -> Mail {
        let isCompleted = job.status == .completed
        return mail(
            id: "\(job.id)-\(job.status.rawValue.lowercased())", to: account,
            subject: isCompleted ? "\(job.inputFileName) is annotated" : "\(job.inputFileName) could not be annotated",
            facts: isCompleted ? completionFacts(job, account) : failureFacts(job),
            action: isCompleted ? "See the result" : "See the details", link: page(of: job))
    }

    /// The mail that tells where the result of a job is now.
    public func move(of job: Job, _ notice: ResultNotice, to account: Account) -> Mail {
        let id = "\(job.id)-\(notice.rawValue.lowercased())-\(job.move)"
        switch notice {
        case .archived:
            return mail(
                id: id, to: account, subject: "The result of \(job.inputFileName) was archived",
                facts: archiveFacts(job), action: "Upgrade to Premium for download", link: publicURL + "/subscribe")
        case .restored:
            return mail(
                id: id, to: account, subject: "The result of \(job.inputFileName) is back",
                facts: ["It was fetched from the archive, and can be downloaded again, just as it was."],
                action: "Download the result", link: page(of: job))
        case .notRestored:
            return mail(
                id: id, to: account, subject: "The result of \(job.inputFileName) could not be restored yet",
                facts: [
                    job.restoreProblem ?? "The archive could not give it back.",
                    "Nothing was removed, and it is tried again. A mail tells you when the result is back.",
                ],
                action: "See the details", link: page(of: job))
        }
    }

    private func page(of job: Job) -> String { "\(publicURL)/annotations/\(job.id)" }

    private func mail(
        id: String, to account: Account, subject: String, facts: [String], action: String, link: String
    ) -> Mail {
        Mail(
            id: id, to: account, subject: subject,
            Letter(
                to: account.name, lead: subject + ".", facts: facts, action: action, link: link,
                reason: "You get this mail because you submitted this job."))
    }

    private func completionFacts(_ job: Job, _ account: Account) -> [String] {
        var facts: [String] = []
        if let progress = job.progress {
            let records = progress.records.formatted(.number.locale(Locale(identifier: "en_US")))
            facts.append(
                "\(records) \(progress.records == 1 ? "record" : "records") read and written. If anything in them could not be "
                    + "annotated, the log says what and why.")
        }
        if let start = job.startTime, let end = job.completeTime {
            let seconds = max(0, end.timeIntervalSince(start))
            facts.append("It took \(seconds < 10 ? String(format: "%.1f", seconds) : "\(Int(seconds))") seconds.")
        }
        let plan = plans[account.role]
        if let window = plan.downloadWindow {
            facts.append(
                "With the \(plan.name) plan the result can be downloaded for \(duration(window)) after completion; "
                    + "then it is archived. Its log stays.")
        }
        return facts
    }

    private func archiveFacts(_ job: Job) -> [String] {
        [
            "The time in which the \(plans.free.name) plan lets it be downloaded is over, so the annotated file was moved "
                + "to the archive. Nothing is lost: with \(plans.premium.name) it comes back, and stays.",
            "The log and the summary are still on the job's page: \(page(of: job))",
        ]
    }

    /// Seconds in words, in the largest unit that fits.
    private func duration(_ seconds: Double) -> String {
        let units: [(size: Double, name: String)] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")]
        let unit = units.first { seconds >= $0.size && seconds.truncatingRemainder(dividingBy: $0.size) == 0 }
        guard let unit else { return "\(seconds) seconds" }
        let count = Int(seconds / unit.size)
        return "\(count) \(unit.name)\(count == 1 ? "" : "s")"
    }

    private func failureFacts(_ job: Job) -> [String] {
        [job.failureReason ?? "No reason was recorded."]
    }
}
