import Foundation
import GAS
import Synchronization

extension InMemoryObjectStore: ObjectEndpoint {
    /// Remembers the policy under a random word.
    public func signUpload(_ policy: UploadPolicy) async throws -> SignedUpload {
        let signature = UUID().uuidString.lowercased()
        uploads.withLock { $0[signature] = policy }
        return SignedUpload(
            url: "/objects/\(policy.bucket)",
            fields: InMemoryObjectStore.fields(policy).map { .init(name: $0.key, value: $0.value) }
                + [.init(name: "signature", value: signature)]
        )
    }

    /// Remembers the request under a random word.
    public func signDownload(_ request: DownloadRequest) async throws -> String {
        let signature = UUID().uuidString.lowercased()
        downloads.withLock { $0[signature] = request }
        var link = URLComponents()
        link.path = "/objects/\(request.location.bucket)/\(request.location.key)"
        link.queryItems = InMemoryObjectStore.query(request).map { URLQueryItem(name: $0.key, value: $0.value) }
        link.queryItems?.append(URLQueryItem(name: "signature", value: signature))
        return link.string ?? ""
    }

    /// Compares the form with the remembered policy.
    public func beginUpload(fields: [String: String], fileName: String) async throws -> any IncomingObject {
        try faults.pass("ObjectStore.beginUpload")
        guard let policy = uploads.withLock({ $0[fields["signature"] ?? ""] }) else {
            throw GASError(.forbidden, "The upload form was not signed here.")
        }
        guard clock.now < policy.expires else { throw GASError(.forbidden, "The upload form has expired.") }
        for (name, value) in InMemoryObjectStore.fields(policy) where fields[name] != value {
            throw GASError(.invalid, "The field '\(name)' of the upload form was changed.")
        }
        let key = policy.keyPrefix + FileName.safe(fileName)
        return InMemoryUpload(to: ObjectLocation(bucket: policy.bucket, key: key), policy: policy, store: self)
    }

    /// Compares the link with the remembered request.
    public func openDownload(_ location: ObjectLocation, query: [String: String]) async throws -> OutgoingObject {
        try faults.pass("ObjectStore.openDownload")
        guard let request = downloads.withLock({ $0[query["signature"] ?? ""] }), request.location == location,
            InMemoryObjectStore.query(request).allSatisfy({ query[$0.key] == $0.value })
        else { throw GASError(.forbidden, "The link was not signed here.") }
        guard clock.now < request.expires else { throw GASError(.forbidden, "The link has expired.") }
        guard let stored = object(location) else { throw GASError(.notFound, "There is no object \(location).") }
        return OutgoingObject(
            metadata: stored.metadata,
            fileName: request.fileName,
            contentType: request.contentType,
            bytes: AsyncThrowingStream { continuation in
                continuation.yield(stored.bytes)
                continuation.finish()
            }
        )
    }

    private static func fields(_ policy: UploadPolicy) -> KeyValuePairs<String, String> {
        [
            "bucket": policy.bucket, "key": policy.keyPrefix + "${filename}",
            "success_action_redirect": policy.successRedirect,
        ]
    }

    private static func query(_ request: DownloadRequest) -> KeyValuePairs<String, String> {
        [
            "expires": String(request.expires.timeIntervalSince1970), "filename": request.fileName,
            "type": request.contentType,
        ]
    }
}

/// An upload into an `InMemoryObjectStore`.
final class InMemoryUpload: IncomingObject {
    private let location: ObjectLocation
    private let policy: UploadPolicy
    private let store: InMemoryObjectStore
    private let bytes = Mutex(Data())
    private let etag = Mutex("")

    init(to location: ObjectLocation, policy: UploadPolicy, store: InMemoryObjectStore) {
        self.location = location
        self.policy = policy
        self.store = store
    }

    var successRedirect: String {
        var redirect = URLComponents(string: policy.successRedirect) ?? URLComponents()
        redirect.queryItems =
            (redirect.queryItems ?? []) + [
                URLQueryItem(name: "bucket", value: location.bucket), URLQueryItem(name: "key", value: location.key),
                URLQueryItem(name: "etag", value: etag.withLock { $0 }),
            ]
        return redirect.string ?? policy.successRedirect
    }

    func write(_ more: ArraySlice<UInt8>) async throws {
        try bytes.withLock { bytes in
            guard bytes.count + more.count <= policy.sizes.upperBound else {
                throw GASError(.tooLarge, "The file is larger than \(policy.sizes.upperBound) bytes.")
            }
            bytes.append(contentsOf: more)
        }
    }

    func finish() async throws -> ObjectMetadata {
        let bytes = bytes.withLock { $0 }
        guard bytes.count >= policy.sizes.lowerBound else {
            throw GASError(.invalid, "The file is smaller than \(policy.sizes.lowerBound) bytes.")
        }
        let metadata = try store.faults.around("ObjectStore.finishUpload") { store.store(bytes, at: location) }
        etag.withLock { $0 = bytes.sha256 }
        return metadata
    }

    func abandon() async { bytes.withLock { $0.removeAll() } }
}
