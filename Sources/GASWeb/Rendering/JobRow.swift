import GAS
import Mustache

/// A job in the list.
struct JobRow {
    let id: String
    let shortID: String
    let fileName: String
    let submitted: Moment
    let status: StatusView
    let result: ResultBadge?

    init(_ job: Job, _ access: ResultAccess) {
        id = job.id.rawValue
        shortID = String(job.id.rawValue.prefix(8))
        fileName = job.inputFileName
        submitted = Moment(job.submitTime)
        status = StatusView(job.status)
        result = ResultBadge(access)
    }
}

extension JobRow: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "id": id
        case "shortID": shortID
        case "fileName": fileName
        case "submitted": submitted
        case "status": status
        case "result": result
        default: nil
        }
    }
}
