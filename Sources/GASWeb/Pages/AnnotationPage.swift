import Foundation
import GAS
import Hummingbird
import Logging

/// `/annotations/{id}`: everything about one job.
struct AnnotationPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let settings: WebSettings

    private struct Content {
        let id: String
        let shortID: String
        let fileName: String
        let status: StatusView
        let isPending: Bool
        let isRunning: Bool
        let isCancelled: Bool
        let hasLog: Bool
        let isSettled: Bool
        let failure: String?
        let progress: JobProgressView
        let facts: [Fact]
        let summary: SummaryView?
        let isSummaryMissing: Bool
        let result: ResultView
        let isOwner: Bool
        /// For administrators, who came from there.
        let ownerPath: String
    }

    private struct Fact {
        let name: String
        let text: String?
        let moment: Moment?
        /// How the page's script writes the moment: to the second, perhaps with how long ago that was.
        let form: String
        let isCode: Bool

        init(_ name: String, _ text: String?, isCode: Bool = false) {
            self.name = name
            self.text = text
            moment = nil
            form = ""
            self.isCode = isCode
        }

        init(_ name: String, _ date: Date?, showsAgo: Bool = false) {
            self.name = name
            text = nil
            moment = date.map(Moment.init)
            form = showsAgo ? "exact-ago" : "exact"
            isCode = false
        }

        var isKnown: Bool { text != nil || moment != nil }
    }

    /// Shows the page.
    func show(_ call: Call, _ reader: Reader, _ job: Job) async throws -> Response {
        let summary = await summary(of: job, call)
        let access = services.access(to: job, of: reader.owner)
        let ahead = job.status == .pending ? try await services.jobs.jobsAhead(of: job) : nil
        return pages.page(
            "annotation",
            title: job.inputFileName,
            call,
            content: Content(
                id: job.id.rawValue,
                shortID: String(job.id.rawValue.prefix(8)),
                fileName: job.inputFileName,
                status: StatusView(job.status),
                isPending: job.status == .pending,
                isRunning: job.status == .running,
                isCancelled: job.status == .cancelled,
                hasLog: job.log != nil,
                isSettled: job.status.isFinal && access.isSettled(of: job),
                failure: job.failureReason,
                progress: JobProgressView(job, access, ahead: ahead),
                facts: facts(job, summary),
                summary: summary.map(SummaryView.init),
                isSummaryMissing: job.output != nil && summary == nil,
                result: ResultView(job, access, now: services.clock.now),
                isOwner: reader.isOwner,
                ownerPath: "/admin/accounts/" + PercentEncoding.encode(reader.owner.id.rawValue)
            ),
            section: reader.isOwner ? .annotations : .admin
        )
    }

    private func facts(_ job: Job, _ summary: ResultSummary?) -> [Fact] {
        let seconds = job.startTime.flatMap { start in job.completeTime?.timeIntervalSince(start) }
        return [
            Fact("Request ID", job.id.rawValue, isCode: true),
            Fact("Request time", job.submitTime, showsAgo: true),
            Fact("VCF input file", job.inputFileName),
            Fact("Input size", Wording.size(job.inputSize)),
            Fact("Start time", job.startTime),
            Fact(job.status.isFinal && job.status != .completed ? "End time" : "Complete time", job.completeTime),
            Fact("Waited", job.startTime.map { Wording.duration($0.timeIntervalSince(job.submitTime)) }),
            Fact("Duration", seconds.map(Wording.duration)),
            Fact("Assembly", summary?.reference),
            Fact("Reference", summary?.referenceDescription),
            Fact("Records", summary.map { Wording.count($0.records) }),
            Fact("Speed", summary.flatMap(Self.speed)),
            Fact("Result size", job.output.map { Wording.size($0.resultSize) }),
            Fact("Result state", job.resultState == .none ? nil : job.resultState.rawValue),
            Fact("Archive ID", job.archiveID, isCode: true),
            Fact("Retrieval tier", job.retrieval?.tier.rawValue),
            Fact("Retrieval expected by", job.retrieval?.expected),
            Fact("Attempts", job.attempt > 1 ? Wording.count(job.attempt) : nil),
        ].filter(\.isKnown)
    }

    private static func speed(_ summary: ResultSummary) -> String? {
        guard summary.seconds > 0 else { return nil }
        return Wording.count(Int((Double(summary.records) / summary.seconds).rounded())) + " records per second"
    }

    /// The summary of a completed job. The page is worth showing without it, so a missing one is said there.
    private func summary(of job: Job, _ call: Call) async -> ResultSummary? {
        guard let output = job.output else { return nil }
        do {
            let data = try await services.objects.get(output.summary, limit: settings.summaryBytes)
            return try JSONDecoder().decode(ResultSummary.self, from: data)
        } catch {
            call.context.logger.error("summary unreadable", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
            return nil
        }
    }
}
