import Crypto
import Foundation
import GAS

/// Signed links to objects: `<baseURL>/objects/<bucket>/<key>?expires=&filename=&type=&signature=`.
struct DownloadSigner: Sendable {
    private let signature: Signature
    private let baseURL: String

    /// Signs with a key.
    init(key: SymmetricKey, baseURL: String) {
        signature = Signature(key: key)
        self.baseURL = baseURL
    }

    /// The link.
    func link(_ request: DownloadRequest) -> String {
        let expires = String(request.expires.milliseconds)
        let query = URLText.query([
            ("expires", expires), ("filename", request.fileName), ("type", request.contentType),
            ("signature", signature.sign(DownloadSigner.parts(request, expires: expires))),
        ])
        let (bucket, key) = (request.location.bucket, request.location.key)
        return "\(baseURL)/objects/\(URLText.encoded(bucket))/\(URLText.encoded(key))?\(query)"
    }

    /// What a link allows.
    /// - Throws: `forbidden` when it was not signed by us or has expired.
    func verify(_ location: ObjectLocation, query: [String: String], now: Date) throws -> DownloadRequest {
        guard let expires = query["expires"], let milliseconds = Int(expires), let fileName = query["filename"],
            let contentType = query["type"], let proof = query["signature"]
        else { throw GASError(.forbidden, "The link is incomplete.") }
        let request = DownloadRequest(
            location: location,
            fileName: fileName,
            contentType: contentType,
            expires: Date(milliseconds: milliseconds)
        )
        guard signature.verifies(proof, of: DownloadSigner.parts(request, expires: expires)) else {
            throw GASError(.forbidden, "The link was changed. Open it again from the page that showed it.")
        }
        guard now < request.expires else {
            throw GASError(.forbidden, "The link has expired. Open it again from the page that showed it.")
        }
        return request
    }

    private static func parts(_ request: DownloadRequest, expires: String) -> [String] {
        ["GET", request.location.bucket, request.location.key, expires, request.fileName, request.contentType]
    }
}
