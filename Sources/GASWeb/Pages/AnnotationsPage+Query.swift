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
            status = try fields.jobStatus()
            cursors = try fields["after"].split(separator: ",").prefix(Self.longestTrail)
                .map { try JobPage.Cursor(link: String($0)) }
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
