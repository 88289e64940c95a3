import GAS
import HTTPTypes

/// Somebody must confirm their address first.
struct AddressUnconfirmed: Error {
    /// Where that is done.
    static let page = "/profile/confirm"
}

/// A refusal that its page explains under a heading of its own, with the way to Premium where that helps.
struct Refusal: Error {
    let status: HTTPResponse.Status
    /// The heading, and the title of the window.
    let title: String
    /// One sentence or two for a person.
    let message: String
    /// Whether the Premium plan would have allowed it.
    let isUpgradeable: Bool
}

extension Refusal {
    /// The service is closed.
    init(closed announcement: Announcement) {
        self.init(
            status: .serviceUnavailable, title: "Closed for a while", message: announcement.text, isUpgradeable: false)
    }
}
