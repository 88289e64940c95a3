import GAS
import HTTPTypes

extension JobFiles {
    /// Why a result cannot be downloaded now; `nil` when it can, or there is none.
    func refusal(_ access: ResultAccess) -> Refusal? {
        switch access {
        case .none, .available: nil
        case .upgradeNeeded:
            Refusal(
                status: .forbidden,
                title: "The download has ended",
                message: "Your plan's time to download this result is over. "
                    + "It is kept in the archive, from which Premium brings it back.",
                isUpgradeable: true
            )
        case .archived, .restoring(nil):
            notYet("The result is being restored from the archive. A mail tells you when it is back.")
        case .restoring(let retrieval?):
            notYet(
                "The result is being restored from the archive, expected by \(Moment(retrieval.expected).text). "
                    + "A mail tells you when it is back."
            )
        case .unrestorable(let sentence):
            Refusal(
                status: .forbidden,
                title: "Could not be restored",
                message: sentence,
                isUpgradeable: false
            )
        }
    }

    private func notYet(_ message: String) -> Refusal {
        Refusal(status: .forbidden, title: "Not back yet", message: message, isUpgradeable: false)
    }
}
