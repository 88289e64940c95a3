/// What HAProxy answers where no web server does: none is there, or none can be reached in time.
///
/// What is no HTTP at all, or comes too slowly, it answers before it looks at any file, with a page and headers of its own.
public struct BalancerErrorPage: Sendable, Hashable {
    /// The statuses that HAProxy answers with by itself, with what people are told (its Configuration Manual,
    /// `errorfile`).
    private static let texts = [
        (400, "Bad Request", "This is no request that the service understands."),
        (408, "Request Timeout", "The request took too long to come."),
        (500, "Internal Server Error", "Something went wrong here. Try again in a moment."),
        (502, "Bad Gateway", "The answer of the service was not complete. Try again in a moment."),
        (503, "Service Unavailable", "The service is not there for the moment. Try again in a minute."),
        (504, "Gateway Timeout", "The service did not answer in time. Try again in a moment."),
    ]

    /// The status of HTTP.
    public let status: Int
    /// The whole answer, as it is sent.
    let answer: String

    /// One for each status.
    /// - Parameter headers: what every answer of the service has.
    public static func all(headers: [(name: String, value: String)]) -> [BalancerErrorPage] {
        texts.map { status, reason, text in
            let page =
                "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>\(reason)</title></head>"
                + "<body><h1>\(reason)</h1><p>\(text)</p></body></html>\n"
            let fields =
                headers + [
                    ("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "\(page.utf8.count)"),
                    ("Connection", "close"),
                ]
            let head = ["HTTP/1.1 \(status) \(reason)"] + fields.map { "\($0): \($1)" }
            return BalancerErrorPage(status: status, answer: head.joined(separator: "\r\n") + "\r\n\r\n" + page)
        }
    }
}
