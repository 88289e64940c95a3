import Foundation
import GAS

/// How the mails about jobs read.
public struct JobMail: Sendable {
    private let publicURL: String

    /// - Parameter publicURL: the address of the web server, without a slash at the end.
    public init(publicURL: String) {
        self.publicURL = publicURL
    }

    /// The mail that tells of the end of a job.
    public func mail(about job: Job, to account: Account) -> Mail {
        let link = "\(publicURL)/annotations/\(job.id)"
        let isCompleted = job.status == .completed
        let subject = isCompleted ? "\(job.inputFileName) is annotated" : "\(job.inputFileName) could not be annotated"
        let facts = isCompleted ? completionFacts(job) : failureFacts(job)
        let action = isCompleted ? "See the result" : "See the details"
        return Mail(
            id: "\(job.id)-\(job.status.rawValue.lowercased())", recipientName: account.name,
            recipientAddress: account.email, subject: subject,
            text: text(account, lead: subject + ".", facts: facts, action: action, link: link),
            html: html(account, lead: subject + ".", facts: facts, action: action, link: link))
    }

    private func completionFacts(_ job: Job) -> [String] {
        var facts: [String] = []
        if let progress = job.progress {
            facts.append("\(progress.records) \(progress.records == 1 ? "record" : "records") annotated.")
        }
        if let start = job.startTime, let end = job.completeTime {
            let seconds = max(0, end.timeIntervalSince(start))
            facts.append("It took \(seconds < 10 ? String(format: "%.1f", seconds) : "\(Int(seconds))") seconds.")
        }
        return facts
    }

    private func failureFacts(_ job: Job) -> [String] {
        [job.failureReason ?? "No reason was recorded."]
    }

    private func text(_ account: Account, lead: String, facts: [String], action: String, link: String) -> String {
        """
        Hello \(account.name),

        \(lead)
        \(facts.joined(separator: "\n"))

        \(action): \(link)

        -- \("")
        Genomics Annotation Service
        You get this mail because you submitted this job.
        """
    }

    private func html(_ account: Account, lead: String, facts: [String], action: String, link: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>\(escape(lead))</title></head>
        <body style="font-family: sans-serif; color: #1d2733; max-width: 36em; margin: 2em auto; padding: 0 1em;">
        <p>Hello \(escape(account.name)),</p>
        <p style="font-size: 1.2em;"><strong>\(escape(lead))</strong></p>
        \(facts.map { "<p>\(escape($0))</p>" }.joined(separator: "\n"))
        <p><a href="\(escape(link))" style="display: inline-block; background: #0b5d66; color: #ffffff; \
        padding: .6em 1.2em; border-radius: .4em; text-decoration: none;">\(action)</a></p>
        <p style="color: #5b6875; font-size: .85em;">Genomics Annotation Service.
        You get this mail because you submitted this job.</p>
        </body>
        </html>
        """
    }

    private func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
