import Foundation

/// The part of an object store that browsers talk to, when the store has no server of its own.
///
/// S3 answers signed uploads and downloads itself. The store on one machine leaves the HTTP to our web server, which
/// brings form fields and bytes here. Authorization is the signature alone: whoever holds a valid one may act.
public protocol ObjectEndpoint: Sendable {
    /// Begins an upload. Fields are those of the signed form, and `fileName` what the browser calls the file.
    /// - Throws: `forbidden` for a bad signature or an expired policy, `invalid` for fields that break the policy.
    func beginUpload(fields: [String: String], fileName: String) async throws -> any IncomingObject

    /// Checks a signed link.
    /// - Parameters:
    ///   - location: from the path of the link.
    ///   - query: the query items of the link, decoded.
    /// - Throws: `forbidden` for a bad signature or after expiry, `notFound` when the object is gone.
    func openDownload(_ location: ObjectLocation, query: [String: String]) async throws -> OutgoingObject
}

/// An upload on its way. Call `write` for each piece, then `finish`; or `abandon`.
public protocol IncomingObject: Sendable {
    /// Where the browser goes, `bucket`, `key` and `etag` being added already. To be read after `finish`, which
    /// settles the `etag`.
    var successRedirect: String { get }

    /// Takes the next bytes.
    /// - Throws: `tooLarge` as soon as the policy's size is exceeded; nothing is kept then.
    func write(_ bytes: ArraySlice<UInt8>) async throws

    /// Stores the object.
    /// - Throws: `invalid` when it is smaller than the policy allows.
    func finish() async throws -> ObjectMetadata

    /// Throws away what was written.
    func abandon() async
}

/// A download on its way.
public struct OutgoingObject: Sendable {
    /// What is sent.
    public let metadata: ObjectMetadata
    /// Name under which the browser saves it.
    public let fileName: String
    /// What the browser is told that it is.
    public let contentType: String
    /// The bytes in pieces. The stream throws `corrupted` when they are not those that were stored.
    public let bytes: AsyncThrowingStream<Data, any Error>

    /// Describes a download.
    public init(
        metadata: ObjectMetadata, fileName: String, contentType: String, bytes: AsyncThrowingStream<Data, any Error>
    ) {
        self.metadata = metadata
        self.fileName = fileName
        self.contentType = contentType
        self.bytes = bytes
    }
}
