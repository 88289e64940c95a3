import Crypto
import Foundation
import GAS
import SwiftASN1
import X509

/// A certificate for `localhost` that is made at first start, so that the service speaks HTTPS from the beginning.
/// Browsers warn of it once; a real one is set with `web.certificate`.
struct SelfSignedCertificate {
    let certificatePath: String
    let privateKeyPath: String

    /// Uses the certificate in `directory`, or makes one when there is none or it ends within a week.
    /// - Parameter days: for how long a new one is good; browsers refuse more than 825.
    init(directory: String, days: Int, now: Date) throws {
        certificatePath = directory + "/certificate.pem"
        privateKeyPath = directory + "/private-key.pem"
        guard !isUsable(at: now) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try make(days: days, now: now)
        } catch {
            throw GASError(.unavailable, "The certificate for HTTPS cannot be made.", cause: error)
        }
    }

    private func isUsable(at now: Date) -> Bool {
        guard FileManager.default.fileExists(atPath: privateKeyPath),
            let pem = FileManager.default.contents(atPath: certificatePath),
            let certificate = try? Certificate(pemEncoded: String(decoding: pem, as: UTF8.self))
        else { return false }
        return certificate.notValidAfter > now.addingTimeInterval(7 * 86_400)
    }

    private func make(days: Int, now: Date) throws {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("localhost") }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(Double(days) * 86_400),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames([
                    .dnsName("localhost"),
                    .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                    .ipAddress(ASN1OctetString(contentBytes: [UInt8](repeating: 0, count: 15) + [1])),
                ])
            },
            issuerPrivateKey: .init(key))
        // The key first: a certificate without its key would look complete.
        try SecretFile(path: privateKeyPath).write(key.pemRepresentation)
        try SecretFile(path: certificatePath).write(try certificate.serializeAsPEM().pemString)
    }
}
