import Foundation
import GAS
import GRDB

/// What an archive consists of.
struct ArchivedContent: Sendable {
    /// Of the bytes as they were before they were compressed.
    let sha256: String
    /// Their number.
    let size: Int
}

/// The tables `archives` and `retrievals`.
struct ArchiveIndex: Sendable {
    let database: EmbeddedDatabase

    /// The content of an archive, or `nil`.
    func content(of archiveID: String) async throws -> ArchivedContent? {
        try await database.read { db in
            try Row.fetchOne(
                db, sql: "SELECT sha256, size FROM archives WHERE archive_id = ?", arguments: [archiveID]
            ).map { ArchivedContent(sha256: $0["sha256"], size: $0["size"]) }
        }
    }

    /// Notes an archive once its bytes are in their place; one of the same id is replaced.
    /// - Parameter place: puts the bytes there, inside the transaction.
    func add(_ archive: Archive, sha256: String, now: Date, place: @escaping @Sendable () throws -> Void) async throws {
        try await database.write { db in
            try place()
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO archives (archive_id, sha256, size, stored_size, created)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [archive.id, sha256, archive.size, archive.storedSize, now.milliseconds])
        }
    }

    /// Forgets an archive and its retrievals.
    /// - Parameter remove: removes the bytes, inside the transaction, when no other archive has the same.
    func delete(_ archiveID: String, remove: @escaping @Sendable (_ sha256: String) throws -> Void) async throws {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM retrievals WHERE archive_id = ?", arguments: [archiveID])
            let contents = try String.fetchAll(
                db, sql: "DELETE FROM archives WHERE archive_id = ? RETURNING sha256", arguments: [archiveID])
            for sha256 in contents where try !ArchiveIndex.isUsed(db, sha256) { try remove(sha256) }
        }
    }

    /// Removes those contents that belong to no archive.
    /// - Returns: how many.
    func removeUnused(
        among contents: [String], remove: @escaping @Sendable (_ sha256: String) throws -> Void
    ) async throws -> Int {
        var count = 0
        for sha256 in contents {
            // A transaction each, so that nobody has to wait for long.
            count += try await database.write { db in
                guard try !ArchiveIndex.isUsed(db, sha256) else { return 0 }
                try remove(sha256)
                return 1
            }
        }
        return count
    }

    /// Archives in the order of their ids.
    func list(after archiveID: String?, limit: Int) async throws -> [ArchiveEntry] {
        try await database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT archive_id, created FROM archives WHERE archive_id > ? ORDER BY archive_id LIMIT ?",
                arguments: [archiveID ?? "", limit]
            ).map { row in
                ArchiveEntry(
                    id: row["archive_id"], name: row["archive_id"], created: Date(milliseconds: row["created"]))
            }
        }
    }

    /// When a retrieval is ready and when it expires; `nil` when there is none of this archive.
    func times(of retrieval: String, archiveID: String) async throws -> (ready: Date, expires: Date)? {
        try await database.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT ready, expires FROM retrievals JOIN archives USING (archive_id)
                    WHERE retrieval_id = ? AND archive_id = ?
                    """,
                arguments: [retrieval, archiveID]
            ).map { (Date(milliseconds: $0["ready"]), Date(milliseconds: $0["expires"])) }
        }
    }

    /// Forgets retrievals that have expired.
    /// - Returns: how many.
    func removeExpiredRetrievals(now: Date) async throws -> Int {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM retrievals WHERE expires <= ?", arguments: [now.milliseconds])
            return db.changesCount
        }
    }

    /// Whether there is such an archive.
    static func exists(_ db: Database, _ archiveID: String) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT 1 FROM archives WHERE archive_id = ?", arguments: [archiveID]) != nil
    }

    /// How many retrievals of a tier were begun since.
    static func count(_ db: Database, _ tier: RetrievalTier, since: Date) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM retrievals WHERE tier = ? AND requested > ?",
            arguments: [tier.rawValue, since.milliseconds]) ?? 0
    }

    /// Notes a retrieval.
    static func insert(
        _ db: Database, _ retrieval: Retrieval, archiveID: String, requested: Date, expires: Date
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO retrievals (retrieval_id, archive_id, tier, requested, ready, expires)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                retrieval.id, archiveID, retrieval.tier.rawValue, requested.milliseconds,
                retrieval.expected.milliseconds, expires.milliseconds,
            ])
    }

    private static func isUsed(_ db: Database, _ sha256: String) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT 1 FROM archives WHERE sha256 = ? LIMIT 1", arguments: [sha256]) != nil
    }
}
