import GAS
import Hummingbird

/// What a page tells once: that something has just been done.
///
/// The address to which a form leads names it (`/profile?saved=1`), and a cookie that comes with the answer says that it is
/// so. The cookie lasts for a minute, and the page that tells it takes it back: an address that somebody opens later, or
/// was sent, tells nothing that did not happen.
package enum Notice: String, Sendable, CaseIterable {
    /// The profile was changed.
    case saved
    /// The password was replaced.
    case password
    /// A mail that asks to confirm a new address is on its way.
    case confirm
    /// The address was confirmed.
    case confirmed
    /// That mail was sent once more.
    case sent
    /// That mail could not be sent.
    case unsent
    /// Other sessions were ended.
    case ended
    /// An account was opened by signing in at a provider.
    case welcome
    /// Premium was given up.
    case cancelled
    /// Dead letters were sent again; the value says how many.
    case replayed
    /// What was sent was not done, since nobody was signed in any more.
    case signedOut = "signed-out"

    /// Seconds within which the browser must ask for the page.
    static let lifetime = 60.0
}

extension Call {
    /// Sends the browser to a page of ours, to be told something there.
    /// - Parameters:
    ///   - path: with or without a query.
    ///   - value: what the page is to know about it, in letters and digits.
    ///   - part: the part of the page to go to.
    func seeOther(_ path: String, telling notice: Notice, _ value: String = "1", part: String? = nil) -> Response {
        let separator = path.contains("?") ? "&" : "?"
        let fragment = part.map { "#" + $0 } ?? ""
        var response = Response.seeOther("\(path)\(separator)\(notice.rawValue)=\(value)\(fragment)")
        tell(notice, on: &response)
        return response
    }

    /// Lets the page to which an answer leads tell something.
    func tell(_ notice: Notice, on response: inout Response) { cookie.set(notice: notice, on: &response) }

    /// What the page is to tell; `nil` when there is nothing, or what the address says is not so any more.
    var notice: Notice? {
        guard let notice = cookie.notice(in: request), !query[notice.rawValue].isEmpty else { return nil }
        return notice
    }
}
