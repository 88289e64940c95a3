import Foundation
import GAS
import Mustache

/// What the list of jobs shows.
struct JobListView {
    let filters: [Filter]
    let rows: [JobRow]
    let older: String?
    let newer: String?
    let newest: String?
    let isEmpty: Bool
    let isFiltered: Bool
    let feed: String
    /// Seconds.
    let feedRetry: String
    let version: String

    /// A link that shows jobs of one state.
    struct Filter {
        let name: String
        let path: String
        let count: String
        let isCurrent: Bool

        init(_ status: JobStatus?, count: Int, current: JobStatus?) {
            name = status?.rawValue.capitalized ?? "All"
            path = AnnotationsPage.Query(status: status).address("/annotations")
            self.count = Wording.count(count)
            isCurrent = status == current
        }
    }

    /// - Parameter feedRetry: seconds after which the page's script asks again for a stream of news that was refused.
    init(_ listing: JobListing, feedRetry: Double) {
        let (query, counts) = (listing.query, listing.counts)
        filters =
            [Filter(nil, count: counts.values.reduce(0, +), current: query.status)]
            + JobStatus.allCases.map { Filter($0, count: counts[$0] ?? 0, current: query.status) }
        rows = listing.jobs.map(JobRow.init)
        older = listing.next.map { query.older($0).address("/annotations") }
        newer = query.newer?.address("/annotations")
        newest = query.cursors.count > 1 ? AnnotationsPage.Query(status: query.status).address("/annotations") : nil
        isEmpty = listing.jobs.isEmpty
        isFiltered = query.status != nil
        feed = query.address("/annotations/events")
        self.feedRetry = String(feedRetry)
        version = listing.version
    }
}

extension JobListView: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "filters": filters
        case "rows": rows
        case "older": older
        case "newer": newer
        case "newest": newest
        case "isEmpty": isEmpty
        case "isFiltered": isFiltered
        case "feed": feed
        case "feedRetry": feedRetry
        case "version": version
        default: nil
        }
    }
}

extension JobListView.Filter: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "name": name
        case "path": path
        case "count": count
        case "isCurrent": isCurrent
        default: nil
        }
    }
}
