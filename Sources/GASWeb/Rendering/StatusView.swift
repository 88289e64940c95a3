import GAS
import Mustache

/// A job's state in the words and colours of the pages.
struct StatusView {
    let name: String
    let css: String
    let sentence: String

    init(_ status: JobStatus) {
        name = status.rawValue
        css = status.rawValue.lowercased()
        sentence =
            switch status {
            case .pending: "waiting for an annotator"
            case .running: "being annotated"
            case .completed: "completed"
            case .failed: "failed"
            case .cancelled: "cancelled"
            }
    }
}

extension StatusView: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "name": name
        case "css": css
        case "sentence": sentence
        default: nil
        }
    }
}
