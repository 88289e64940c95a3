import Foundation
import GAS
import Synchronization

/// An upload into a `FileObjectStore`.
final class FileUpload: IncomingObject {
    private let location: ObjectLocation
    private let store: FileObjectStore
    private let policy: UploadPolicy
    private let blob: BlobWriter
    private let etag = Mutex<String?>(nil)

    init(to location: ObjectLocation, in store: FileObjectStore, policy: UploadPolicy, blob: BlobWriter) {
        self.location = location
        self.store = store
        self.policy = policy
        self.blob = blob
    }

    var successRedirect: String {
        let added = URLText.query([
            ("bucket", location.bucket), ("key", location.key), ("etag", etag.withLock { $0 } ?? ""),
        ])
        return policy.successRedirect + (policy.successRedirect.contains("?") ? "&" : "?") + added
    }

    func write(_ bytes: ArraySlice<UInt8>) async throws {
        guard blob.size + bytes.count <= policy.sizes.upperBound else {
            blob.discard()
            throw GASError(.tooLarge, "The file is larger than \(policy.sizes.upperBound) bytes.")
        }
        do {
            try await store.io.run { [blob] in try bytes.withUnsafeBytes(blob.write) }
        } catch {
            blob.discard()
            throw error
        }
    }

    func finish() async throws -> ObjectMetadata {
        guard blob.size >= policy.sizes.lowerBound else {
            blob.discard()
            throw GASError(
                .invalid,
                blob.size == 0
                    ? "The file is empty. Please choose another file."
                    : "The file is smaller than \(policy.sizes.lowerBound) bytes."
            )
        }
        let metadata = try await store.commit(blob, at: location)
        etag.withLock { $0 = metadata.sha256 }
        return metadata
    }

    func abandon() async { blob.discard() }
}
