import Foundation
import GAS
import GRDB

/// An object and the blob that holds its bytes.
struct StoredObject: Sendable {
    let metadata: ObjectMetadata
    let blob: String
}

/// The table `objects`: which blob belongs to which object.
struct ObjectIndex: Sendable {
    private static let columns = "bucket, key, blob, size, sha256, modified"

    let database: EmbeddedDatabase

    /// The object, or `nil`.
    func object(_ location: ObjectLocation) async throws -> StoredObject? {
        try await database.read { try ObjectIndex.object($0, location) }
    }

    /// Points an object to a new blob.
    /// - Returns: the blob that it pointed to before, which nobody needs any more.
    func put(_ object: StoredObject) async throws -> String? {
        let metadata = object.metadata
        return try await database.write { db in
            let old = try ObjectIndex.object(db, metadata.location)?.blob
            try db.execute(
                sql: "INSERT OR REPLACE INTO objects (\(ObjectIndex.columns)) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    metadata.location.bucket, metadata.location.key, object.blob, metadata.size, metadata.sha256,
                    metadata.modified.milliseconds,
                ]
            )
            return old
        }
    }

    /// Forgets an object.
    /// - Returns: its blob, which nobody needs any more.
    func delete(_ location: ObjectLocation) async throws -> String? {
        try await database.write { db in
            try String.fetchAll(
                db,
                sql: "DELETE FROM objects WHERE bucket = ? AND key = ? RETURNING blob",
                arguments: [location.bucket, location.key]
            ).first
        }
    }

    /// Objects in the order of their keys. In that order the keys with a prefix follow one another, the prefix itself
    /// being the first of them.
    func list(bucket: String, prefix: String, after key: String?, limit: Int) async throws -> [ObjectMetadata] {
        let rows = try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(ObjectIndex.columns) FROM objects
                    WHERE bucket = ? AND key >= ? AND (? IS NULL OR key > ?) ORDER BY key LIMIT ?
                    """,
                arguments: [bucket, prefix, key, key, limit]
            ).map(ObjectIndex.object)
        }
        return rows.map(\.metadata).prefix { $0.location.key.utf8.starts(with: prefix.utf8) }.map { $0 }
    }

    /// Those of the given blobs that belong to no object.
    func orphans(among blobs: [String]) async throws -> [String] {
        try await database.read { db in
            let query = try db.makeStatement(sql: "SELECT 1 FROM objects WHERE blob = ?")
            return try blobs.filter { try Int.fetchOne(query, arguments: [$0]) == nil }
        }
    }

    private static func object(_ db: Database, _ location: ObjectLocation) throws -> StoredObject? {
        try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT \(columns) FROM objects WHERE bucket = ? AND key = ?"),
            arguments: [location.bucket, location.key]
        ).map(object)
    }

    private static func object(_ row: Row) -> StoredObject {
        StoredObject(
            metadata: ObjectMetadata(
                location: ObjectLocation(bucket: row["bucket"], key: row["key"]),
                size: row["size"],
                sha256: row["sha256"],
                modified: Date(milliseconds: row["modified"])
            ),
            blob: row["blob"]
        )
    }
}
