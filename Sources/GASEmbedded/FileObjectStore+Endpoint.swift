import Foundation
import GAS

/// What browsers may do with a signature.
extension FileObjectStore: ObjectEndpoint {
    /// Signs a form for `beginUpload`.
    public func signUpload(_ policy: UploadPolicy) async throws -> SignedUpload { try uploads.form(policy) }

    /// Signs a link for `openDownload`.
    public func signDownload(_ request: DownloadRequest) async throws -> String { downloads.link(request) }

    /// Checks the form and begins a blob.
    public func beginUpload(fields: [String: String], fileName: String) async throws -> any IncomingObject {
        let policy = try uploads.verify(fields: fields, now: clock.now)
        let location = ObjectLocation(bucket: policy.bucket, key: policy.keyPrefix + FileName.safe(fileName))
        try location.validate()
        return FileUpload(
            to: location,
            in: self,
            policy: policy,
            blob: try await io.run { try folder.create() }
        )
    }

    /// Checks the link and opens the blob.
    public func openDownload(_ location: ObjectLocation, query: [String: String]) async throws -> OutgoingObject {
        let request = try downloads.verify(location, query: query, now: clock.now)
        let (metadata, reader) = try await open(location)
        return OutgoingObject(
            metadata: metadata,
            fileName: request.fileName,
            contentType: request.contentType,
            bytes: AsyncThrowingStream { [io] in try await io.run { try reader.next() } }
        )
    }
}
