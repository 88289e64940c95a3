import Foundation
import GAS

/// The announcement in the table `announcement`, which has one row or none.
public struct PostgresAnnouncementStore: AnnouncementStore {
    private let database: PostgresDatabase

    /// Keeps it in a database.
    public init(database: PostgresDatabase) {
        self.database = database
    }

    /// Reads the row.
    public func announcement() async throws -> Announcement? {
        try await database.read { link in
            try link.query("SELECT text, closes, time FROM announcement").rows.first.map { row in
                try Announcement(text: try row.text(0), closes: try row.number(1) == 1, time: try row.time(2))
            }
        }
    }

    /// Replaces the row, in one statement.
    public func announce(_ announcement: Announcement?) async throws {
        try await database.write(isRepeatable: true) { link in
            guard let announcement else {
                try link.query("DELETE FROM announcement")
                return
            }
            try link.query(
                """
                INSERT INTO announcement (id, text, closes, time) VALUES (1, $1, $2, $3)
                ON CONFLICT (id) DO UPDATE SET text = excluded.text, closes = excluded.closes, time = excluded.time
                """, [.text(announcement.text), .number(announcement.closes ? 1 : 0), .time(announcement.time)])
        }
    }
}
