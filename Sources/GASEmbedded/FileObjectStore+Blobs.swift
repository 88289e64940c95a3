import Foundation
import GAS
import Logging

/// How objects and blobs go together.
extension FileObjectStore {
    /// Fills a new blob and points the object to it.
    func write(at location: ObjectLocation, _ fill: (BlobWriter) async throws -> Void) async throws -> ObjectMetadata {
        try location.validate()
        let blob = try await io.run { try folder.create() }
        do {
            try await fill(blob)
            return try await commit(blob, at: location)
        } catch {
            blob.discard()
            throw error
        }
    }

    /// Makes a blob durable and points the object to it.
    ///
    /// When the database fails, the finished blob stays: a commit whose answer is an error may yet turn out to have happened
    /// after a crash. The sweep removes the blob when it has not.
    func commit(_ writer: BlobWriter, at location: ObjectLocation) async throws -> ObjectMetadata {
        let blob = try await io.run { try writer.finish() }
        let metadata = ObjectMetadata(
            location: location,
            size: blob.size,
            sha256: blob.sha256,
            modified: Date(milliseconds: clock.now.milliseconds)
        )
        let old = try await index.put(StoredObject(metadata: metadata, blob: blob.name))
        if let old { await discard(old) }
        return metadata
    }

    /// Opens an object. Its blob can vanish between the look into the index and the opening of the file when somebody
    /// replaces the object just then; the index then names another one.
    func open(_ location: ObjectLocation) async throws -> (ObjectMetadata, BlobReader) {
        var missing: String?
        while let object = try await index.object(location) {
            do {
                return (object.metadata, try await io.run { try folder.open(object) })
            } catch let error as GASError where error.code == .notFound {
                guard missing != object.blob else {
                    throw GASError(.corrupted, "The bytes of \(location) are gone. Restore them.", cause: error)
                }
                missing = object.blob
            }
        }
        throw GASError(.notFound, "There is no object \(location).")
    }

    /// Removes a blob that nobody needs. The change that made it so is safe, so a failure is for the sweep.
    func discard(_ blob: String) async {
        do {
            try await io.run { try folder.remove(blob) }
        } catch {
            index.database.logger.warning(
                "cannot remove a blob; the sweep will",
                metadata: ["blob": "\(blob)", "error": "\(error)"]
            )
        }
    }
}

extension ObjectLocation {
    /// S3's limits, and no NUL, at which SQLite's text would end.
    func validate() throws {
        guard !bucket.isEmpty, !key.isEmpty, key.utf8.count <= 1024, !(bucket + key).utf8.contains(0) else {
            throw GASError(.invalid, "An object needs a bucket and a key of 1 to 1,024 bytes without NUL.")
        }
    }
}
