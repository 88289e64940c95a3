import GAS
import Mustache

/// A link that shows jobs of one state.
struct StatusFilter {
    let name: String
    let path: String
    let count: String
    let isCurrent: Bool

    init(_ name: String, path: String, count: Int, isCurrent: Bool) {
        self.name = name
        self.path = path
        self.count = Wording.count(count)
        self.isCurrent = isCurrent
    }
}

extension StatusFilter: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "name": name
        case "path": path
        case "count": count
        case "isCurrent": isCurrent
        default: nil
        }
    }
}

extension FormFields {
    /// The state of jobs that an address asks for; `nil` for whichever.
    /// - Throws: `invalid` when there is no such state.
    func jobStatus() throws -> JobStatus? {
        let text = self["status"]
        guard !text.isEmpty else { return nil }
        guard let status = JobStatus(rawValue: text.uppercased()) else {
            throw GASError(.invalid, "There is no status of that name.")
        }
        return status
    }
}

extension JobPage.Cursor {
    /// Takes a cursor back from a link.
    /// - Throws: `invalid` when it is none.
    init(link: String) throws {
        guard let cursor = Self(rawValue: link) else {
            throw GASError(.invalid, "This link to a page of the list is not complete.")
        }
        self = cursor
    }
}
