import Crypto
import Foundation
import GAS

/// Signed forms with which a browser uploads one object, after the model of S3's POST policies: the fields, a policy
/// that names them in base64 and JSON, and a signature of the policy.
struct UploadSigner: Sendable {
    /// What the browser's file name replaces.
    private static let placeholder = "${filename}"

    private let signature: Signature
    private let baseURL: String

    /// Signs with a key.
    init(key: SymmetricKey, baseURL: String) {
        signature = Signature(key: key)
        self.baseURL = baseURL
    }

    /// The form.
    func form(_ policy: UploadPolicy) throws -> SignedUpload {
        let key = policy.keyPrefix + UploadSigner.placeholder
        let fields = ["bucket": policy.bucket, "key": key, "success_action_redirect": policy.successRedirect]
        let document = PolicyDocument(
            expiration: policy.expires,
            fields: fields,
            minimum: policy.sizes.lowerBound,
            maximum: policy.sizes.upperBound
        )
        let encoded = try document.encoded()
        return SignedUpload(
            url: "\(baseURL)/objects/\(URLText.encoded(policy.bucket))",
            fields: [
                .init(name: "bucket", value: policy.bucket),
                .init(name: "key", value: key),
                .init(name: "success_action_redirect", value: policy.successRedirect),
                .init(name: "policy", value: encoded),
                .init(name: "signature", value: signature.sign(["POST", encoded])),
            ]
        )
    }

    /// What a form allows.
    /// - Throws: `forbidden` when it was not signed by us or has expired, `invalid` when its fields were changed.
    func verify(fields: [String: String], now: Date) throws -> UploadPolicy {
        guard let encoded = fields["policy"], let proof = fields["signature"],
            signature.verifies(proof, of: ["POST", encoded])
        else { throw GASError(.forbidden, "The upload form was changed. Load the page again.") }
        let document = try PolicyDocument(encoded: encoded)
        guard now < document.expiration else {
            throw GASError(.forbidden, "The upload form has expired. Load the page again.")
        }
        for (name, value) in document.fields where !(fields[name] ?? "").utf8.elementsEqual(value.utf8) {
            throw GASError(.invalid, "The field '\(name)' of the upload form is not the one that was signed.")
        }
        guard let bucket = document.fields["bucket"], let key = document.fields["key"],
            let redirect = document.fields["success_action_redirect"], key.hasSuffix(UploadSigner.placeholder),
            document.minimum <= document.maximum
        else { throw GASError(.invalid, "The policy of the upload form is incomplete.") }
        return UploadPolicy(
            bucket: bucket,
            keyPrefix: String(key.dropLast(UploadSigner.placeholder.count)),
            sizes: document.minimum...document.maximum,
            expires: document.expiration,
            successRedirect: redirect
        )
    }
}
