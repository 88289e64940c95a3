import Foundation
import GAS
import GRDB

/// The announcement in the table `announcement`, which has one row or none.
public struct SQLiteAnnouncementStore: AnnouncementStore {
    private let database: EmbeddedDatabase

    /// Keeps it in a database.
    public init(database: EmbeddedDatabase) {
        self.database = database
    }

    /// Reads the row.
    public func announcement() async throws -> Announcement? {
        try await database.read { db in
            try Row.fetchOne(db, sql: "SELECT text, closes, time FROM announcement").map { row in
                try Announcement(
                    text: row["text"], closes: row["closes"], time: Date(milliseconds: row["time"]))
            }
        }
    }

    /// Replaces the row.
    public func announce(_ announcement: Announcement?) async throws {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM announcement")
            guard let announcement else { return }
            try db.execute(
                sql: "INSERT INTO announcement (id, text, closes, time) VALUES (1, ?, ?, ?)",
                arguments: [announcement.text, announcement.closes, announcement.time.milliseconds])
        }
    }
}
