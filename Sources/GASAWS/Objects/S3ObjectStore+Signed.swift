import Foundation
import GAS

/// What a browser may do at S3 by itself.
extension S3ObjectStore {
    /// A form with a policy. With temporary credentials it ends with them at the latest.
    /// See https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html.
    public func signUpload(_ policy: UploadPolicy) async throws -> SignedUpload {
        let date = client.now
        let signature = try await signature()
        // S3 takes nothing that was signed with credentials which have ended.
        let expires = min(policy.expires, signature.credentials.expires ?? .distantFuture)
        let key = policy.keyPrefix + "${filename}"
        let own =
            [(name: "success_action_redirect", value: policy.successRedirect)] + signature.policyFields(date: date)
        let document = UploadDocument(
            expiration: expires.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            conditions: [.equal("bucket", policy.bucket), .startsWith("$key", policy.keyPrefix)]
                + own.map { .equal($0.name, $0.value) }
                + [.size(policy.sizes.lowerBound, policy.sizes.upperBound)])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        let encoded = try encoder.encode(document).base64EncodedString()
        let fields =
            [("key", key)] + own
            + [("policy", encoded), ("x-amz-signature", signature.signature(ofPolicy: encoded, date: date))]
        let address = S3Address(ObjectLocation(bucket: policy.bucket, key: ""), client.settings)
        return SignedUpload(
            url: address.origin + URIEncoding.encodePath(address.path),
            fields: fields.map { SignedUpload.Field(name: $0.0, value: $0.1) })
    }

    /// A link that carries its signature. With temporary credentials it ends with them at the latest.
    public func signDownload(_ request: DownloadRequest) async throws -> String {
        let date = client.now
        let address = S3Address(request.location, client.settings)
        let name = URIEncoding.encode(request.fileName)
        let plain = String(
            request.fileName.unicodeScalars.map { scalar in
                (" "..."~").contains(scalar) && !"\"\\%;".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
            })
        let signable = SignableRequest(
            method: "GET", host: AWSRequest.host(of: address.origin), path: address.path,
            query: [
                // RFC 6266: a name in ASCII for old browsers, and the real one (RFC 8187).
                ("response-content-disposition", "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(name)"),
                ("response-content-type", request.contentType),
            ], payload: .unsigned)
        // S3 counts whole seconds from the whole second of the signature: rounded so that no link outlives its time.
        let begin = date.timeIntervalSince1970.rounded(.down)
        let seconds = Int((request.expires.timeIntervalSince1970 - begin).rounded(.down))
        let lifetime = min(max(1, seconds), Self.longestLink)
        let query = try await signature().presignedQuery(for: signable, date: date, lifetime: lifetime)
        return "\(address.origin)\(URIEncoding.encodePath(address.path))?\(query)"
    }

    /// S3's limit, in seconds.
    private static let longestLink = 604_800

    private func signature() async throws -> SignatureV4 {
        SignatureV4(
            credentials: try await client.credentials.credentials(), region: client.settings.region, service: "s3")
    }
}

/// A policy in S3's notation.
private struct UploadDocument: Encodable {
    let expiration: String
    let conditions: [Condition]

    enum Condition: Encodable {
        case equal(String, String)
        case startsWith(String, String)
        case size(Int, Int)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .equal(let name, let value):
                try [name: value].encode(to: encoder)
            case .startsWith(let name, let start):
                try ["starts-with", name, start].encode(to: encoder)
            case .size(let least, let most):
                var list = encoder.unkeyedContainer()
                try list.encode("content-length-range")
                try list.encode(least)
                try list.encode(most)
            }
        }
    }
}
