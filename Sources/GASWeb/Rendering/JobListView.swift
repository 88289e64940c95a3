import Foundation
import GAS
import Mustache

/// What the list of jobs shows.
struct JobListView {
    let filters: [StatusFilter]
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

    /// - Parameter feedRetry: seconds after which the page's script asks again for a stream of news that was refused.
    init(_ listing: JobListing, feedRetry: Double) {
        let (query, counts) = (listing.query, listing.counts)
        func filter(_ name: String, _ status: JobStatus?, _ count: Int) -> StatusFilter {
            StatusFilter(
                name, path: AnnotationsPage.Query(status: status).address("/annotations"), count: count,
                isCurrent: status == query.status)
        }
        filters =
            [filter("All", nil, counts.values.reduce(0, +))]
            + JobStatus.allCases.map { filter($0.rawValue.capitalized, $0, counts[$0] ?? 0) }
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
