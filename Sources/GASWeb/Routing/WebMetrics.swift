import CoreMetrics
import GAS
import HTTPTypes

/// What a web server counts, by the names under which Prometheus finds it. Routes, not addresses: these are without end.
public enum WebMetrics {
    private static let requests = "gas_http_requests_total"
    private static let seconds = "gas_http_request_seconds"
    /// Annotators count the others.
    private static let ended = "gas_jobs_ended_total"

    /// What each of them is.
    public static let help = [
        requests: "Requests that were answered, by method, route and status.",
        seconds: "Time until an answer began, in seconds, by route.",
        ended: "Jobs that ended, by their last state.",
    ]

    static func answered(
        _ method: HTTPRequest.Method, _ route: String, _ status: HTTPResponse.Status, in time: Duration
    ) {
        let route = route.isEmpty ? "none" : route
        Counter(
            label: requests, dimensions: [("method", word(method)), ("route", route), ("status", "\(status.code)")]
        ).increment()
        Timer(label: Self.seconds, dimensions: [("route", route)]).recordNanoseconds(
            time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000)
    }

    static func cancelledJob() {
        Counter(label: ended, dimensions: [("status", JobStatus.cancelled.rawValue)]).increment()
    }

    /// Methods are whatever somebody sends.
    private static func word(_ method: HTTPRequest.Method) -> String {
        [.get, .head, .post].contains(method) ? method.rawValue : "other"
    }
}
