import Foundation

/// Where one object is: S3's words, whatever keeps it.
public struct ObjectLocation: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The container.
    public let bucket: String
    /// The name within the container.
    public let key: String

    /// Names an object.
    public init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    /// For logs.
    public var description: String { "\(bucket)/\(key)" }
}

/// What a store knows about an object without reading it.
public struct ObjectMetadata: Sendable, Hashable {
    /// Which object.
    public let location: ObjectLocation
    /// Bytes.
    public let size: Int
    /// SHA-256 of the content in lower-case hexadecimal; `nil` where the store would have to read the object for it, as
    /// some do in lists and for what a browser has uploaded by itself.
    public let sha256: String?
    /// When it was written.
    public let modified: Date

    /// Describes an object.
    public init(location: ObjectLocation, size: Int, sha256: String?, modified: Date) {
        self.location = location
        self.size = size
        self.sha256 = sha256
        self.modified = modified
    }
}

/// Keeps uploads, results, logs and summaries.
///
/// Writing replaces an object as a whole and atomically: a reader sees the old bytes or the new ones, a crash leaves
/// the old ones, and what a write has returned for survives a power cut. Every read verifies the checksum and throws
/// `GASError` with code `corrupted` rather than give wrong bytes. A missing object is `notFound`.
public protocol ObjectStore: Sendable {
    /// Stores the bytes of a local file.
    /// - Parameter file: path of a file of ours; it stays.
    func put(file: String, at location: ObjectLocation) async throws -> ObjectMetadata

    /// Stores bytes.
    func put(_ bytes: Data, at location: ObjectLocation) async throws -> ObjectMetadata

    /// Copies an object into a local file, which it replaces. The checksum is verified before the call returns.
    func get(_ location: ObjectLocation, toFile file: String) async throws -> ObjectMetadata

    /// Reads an object into memory.
    /// - Parameter limit: throws `tooLarge` when the object has more bytes.
    func get(_ location: ObjectLocation, limit: Int) async throws -> Data

    /// The metadata, or `nil` when there is no such object.
    func metadata(_ location: ObjectLocation) async throws -> ObjectMetadata?

    /// Removes an object; removing what is not there is no error.
    func delete(_ location: ObjectLocation) async throws

    /// Objects whose key begins with `prefix`, in the order of their keys.
    /// - Parameters:
    ///   - key: only keys behind this one, in UTF-8 order.
    ///   - limit: at most so many.
    func list(bucket: String, prefix: String, after key: String?, limit: Int) async throws -> [ObjectMetadata]

    /// A form with which a browser may upload one object by itself.
    func signUpload(_ policy: UploadPolicy) async throws -> SignedUpload

    /// A link with which a browser may download one object by itself.
    func signDownload(_ request: DownloadRequest) async throws -> String
}

/// What a browser is allowed to upload.
public struct UploadPolicy: Sendable, Hashable {
    /// The container.
    public let bucket: String
    /// The key up to the file name, which the browser's own file name follows (S3's `${filename}`).
    public let keyPrefix: String
    /// Sizes allowed, in bytes.
    public let sizes: ClosedRange<Int>
    /// When the permission ends.
    public let expires: Date
    /// Where the browser goes after the upload; the store adds `bucket`, `key` and `etag` as query items.
    public let successRedirect: String

    /// States a policy.
    public init(bucket: String, keyPrefix: String, sizes: ClosedRange<Int>, expires: Date, successRedirect: String) {
        self.bucket = bucket
        self.keyPrefix = keyPrefix
        self.sizes = sizes
        self.expires = expires
        self.successRedirect = successRedirect
    }
}

/// A `multipart/form-data` form: where to post and the hidden fields, in order; the field `file` follows them.
public struct SignedUpload: Sendable, Hashable {
    /// Where to post.
    public let url: String
    /// The hidden fields, in order.
    public let fields: [Field]

    /// One hidden field.
    public struct Field: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: String

        /// Makes a field.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Makes a form.
    public init(url: String, fields: [Field]) {
        self.url = url
        self.fields = fields
    }
}

/// What a browser is allowed to download.
public struct DownloadRequest: Sendable, Hashable {
    /// Which object.
    public let location: ObjectLocation
    /// The name under which the browser saves it.
    public let fileName: String
    /// What the browser is told that it is.
    public let contentType: String
    /// When the permission ends.
    public let expires: Date

    /// States a request.
    public init(location: ObjectLocation, fileName: String, contentType: String, expires: Date) {
        self.location = location
        self.fileName = fileName
        self.contentType = contentType
        self.expires = expires
    }
}
