import GAS

extension AnnotationsPage {
    /// Which part of the list an address asks for.
    struct Query: Sendable {
        let status: JobStatus?
        /// The beginnings of the pages that lead here, this one's last: a store reads forwards only, and so there is a
        /// way back. Empty for the first page.
        let cursors: [JobPage.Cursor]

        /// More than this make an address too long; from pages behind, the way back is shorter.
        private static let longestTrail = 50

        /// - Throws: `invalid` for a status or a cursor that is none.
        init(_ fields: FormFields) throws {
            status = fields["status"].isEmpty ? nil : JobStatus(rawValue: fields["status"].uppercased())
            let trail = fields["after"].split(separator: ",").prefix(Self.longestTrail)
            cursors = trail.compactMap { JobPage.Cursor(rawValue: String($0)) }
            guard (status == nil) == fields["status"].isEmpty else {
                throw GASError(.invalid, "There is no status of that name.")
            }
            guard cursors.count == trail.count else {
                throw GASError(.invalid, "This link to a page of the list is not complete.")
            }
        }

        init(status: JobStatus?, cursors: [JobPage.Cursor] = []) {
            self.status = status
            self.cursors = cursors
        }

        func older(_ next: JobPage.Cursor) -> Query {
            Query(status: status, cursors: cursors.suffix(Self.longestTrail - 1) + [next])
        }

        /// `nil` on the first page.
        var newer: Query? { cursors.isEmpty ? nil : Query(status: status, cursors: cursors.dropLast()) }

        /// The query behind `path`.
        func address(_ path: String) -> String {
            let items = [
                status.map { "status=" + $0.rawValue.lowercased() },
                cursors.isEmpty
                    ? nil : "after=" + PercentEncoding.encode(cursors.map(\.rawValue).joined(separator: ",")),
            ].compactMap { $0 }
            return items.isEmpty ? path : path + "?" + items.joined(separator: "&")
        }
    }
}
