import GAS
import Hummingbird
import Mustache

/// `/annotations`: somebody's jobs, newest first.
struct AnnotationsPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let settings: WebSettings
    /// Lists as they were last shown.
    let fragments: FragmentCache

    struct Content {
        /// HTML.
        let list: String
    }

    /// Shows the page.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let listing = try await listing(Query(call.query), visitor.account)
        let place = FragmentCache.Place(account: visitor.account.id, address: listing.query.address("/annotations"))
        let list = fragments.fragment(at: place, version: listing.version) {
            pages.fragment("joblist", content: JobListView(listing, feedRetry: settings.feedRetrySeconds))
        }
        return pages.page(
            "annotations", title: "Your annotations", call, content: Content(list: list), section: .annotations)
    }

    /// Reads a part of the list.
    func listing(_ query: Query, _ account: Account) async throws -> JobListing {
        let (page, counts) = try await services.jobs.list(
            of: account.id,
            status: query.status,
            after: query.cursors.last,
            limit: settings.jobsPerPage
        )
        return JobListing(
            query: query,
            jobs: page.jobs.map { ($0, services.access(to: $0, of: account)) },
            next: page.next,
            counts: counts
        )
    }
}

extension AnnotationsPage.Content: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "list": list
        default: nil
        }
    }
}
