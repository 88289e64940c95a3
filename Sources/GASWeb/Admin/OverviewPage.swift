import GAS
import Hummingbird

/// `/admin`: how the service is.
struct OverviewPage: Sendable {
    let pages: PageRenderer
    let services: WebServices

    private struct Content {
        let jobs: [JobCount]
        let total: String
        let lines: [Line]
        let accounts: String
        let mails: String?
    }

    private struct JobCount {
        let status: StatusView
        let path: String
        let count: String
    }

    private struct Line {
        let name: String
        let path: String
        let visible: String
        let inFlight: String
        let delayed: String
        let oldest: Moment?
        let dead: String
        let hasDead: Bool
    }

    /// Shows the page.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let counts = try await services.jobs.counts()
        var lines: [Line] = []
        for line in services.operations.offices {
            let (depth, dead) = try await (line.queue.depth(), line.deadLetters.depth())
            lines.append(
                Line(
                    name: line.queue.name,
                    path: QueuePage.path(of: line.queue.name),
                    visible: Wording.count(depth.visible),
                    inFlight: Wording.count(depth.inFlight),
                    delayed: Wording.count(depth.delayed),
                    oldest: depth.oldest.map(Moment.init),
                    dead: Wording.count(dead.visible + dead.inFlight + dead.delayed),
                    hasDead: dead.visible + dead.inFlight + dead.delayed > 0
                )
            )
        }
        return pages.page(
            "admin",
            title: "Administration",
            call,
            content: Content(
                jobs: JobStatus.allCases.map {
                    JobCount(
                        status: StatusView($0), path: JobsPage.path(of: $0), count: Wording.count(counts[$0] ?? 0))
                },
                total: Wording.count(counts.values.reduce(0, +), "annotation"),
                lines: lines,
                accounts: Wording.count(try await services.accounts.count(), "account"),
                mails: try await services.operations.waitingMails().map { Wording.count($0, "mail") }
            ),
            section: .admin
        )
    }
}
