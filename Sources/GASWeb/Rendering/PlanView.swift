import GAS
import Mustache

/// What a plan is good for, in the words of the pages.
struct PlanView {
    let name: String
    /// `150 KB`.
    let limit: String
    /// Completes "Results can be downloaded".
    let download: String
    /// How many annotations may wait or run at once.
    let atOnce: String

    init(_ plan: Plan) {
        name = plan.name
        limit = Wording.size(plan.uploadLimit)
        download = plan.downloadWindow.map { "for \(Wording.period($0)) after completion" } ?? "at any time"
        atOnce = Wording.count(plan.concurrentJobs)
    }
}

extension PlanView: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "name": name
        case "limit": limit
        case "download": download
        case "atOnce": atOnce
        default: nil
        }
    }
}
