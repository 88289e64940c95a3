import GAS
import Mustache

/// A result in the list of jobs.
struct ResultBadge {
    let text: String
    /// When the download ends, to be written behind the text.
    let until: Moment?
    let css: String
    let needsUpgrade: Bool

    /// `nil` when there is no result.
    init?(_ access: ResultAccess) {
        switch access {
        case .none: return nil
        case .available(nil): (text, css) = ("available", "available")
        case .available: (text, css) = ("download until", "ending")
        case .upgradeNeeded: (text, css) = ("archived: upgrade to download", "archived")
        case .archived, .restoring: (text, css) = ("being restored", "restoring")
        case .unrestorable: (text, css) = ("could not be restored", "unrestorable")
        }
        until = access.end.map(Moment.init)
        needsUpgrade = access == .upgradeNeeded
    }
}

extension ResultBadge: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "text": text
        case "until": until
        case "css": css
        case "needsUpgrade": needsUpgrade
        default: nil
        }
    }
}
