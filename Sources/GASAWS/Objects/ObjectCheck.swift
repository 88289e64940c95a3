import Crypto
import Foundation
import GAS
import NIOHTTP1

/// Compares the bytes of an answer with what was noted when they were written.
struct ObjectCheck {
    private let headers: HTTPHeaders
    private let sha256: String?
    /// The ETag, where it is the MD5 of the bytes: of objects that went up whole and are not encrypted with a key of KMS's.
    private let md5: String?
    private var size = 0
    private var sha256Hash = SHA256()
    private var md5Hash = Insecure.MD5()

    init(_ headers: HTTPHeaders) {
        self.headers = headers
        sha256 = headers.first(name: S3ObjectStore.checksumHeader)
        let tag = headers.first(name: "ETag")?.filter { $0 != "\"" }.lowercased()
        let isPlain = headers.first(name: "x-amz-server-side-encryption").map { $0 == "AES256" } ?? true
        md5 = tag.flatMap { isPlain && $0.count == 32 && !$0.contains("-") ? $0 : nil }
    }

    mutating func update(_ bytes: Data) {
        size += bytes.count
        sha256Hash.update(data: bytes)
        if sha256 == nil { md5Hash.update(data: bytes) }
    }

    /// - Throws: `corrupted` when the bytes are others.
    func verified(_ location: ObjectLocation) throws -> ObjectMetadata {
        let hash = sha256Hash.finalize().hexadecimal
        let isRight = sha256.map { $0 == hash } ?? md5.map { $0 == md5Hash.finalize().hexadecimal } ?? true
        guard isRight else {
            throw GASError(.corrupted, "The bytes of \(location) are not those that were written. Restore them.")
        }
        return ObjectMetadata(
            location: location, size: size, sha256: hash,
            modified: headers.first(name: "Last-Modified").flatMap(HTTPDate.parse) ?? Date(timeIntervalSince1970: 0))
    }
}
