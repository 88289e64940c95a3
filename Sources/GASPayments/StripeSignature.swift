import Crypto
import Foundation
import GAS

/// Verifies that a notification was signed by Stripe, and lately.
///
/// The header reads `t=1767225600,v1=5f2a...,v1=...`: when it was signed, and HMAC-SHA256 of that text, a dot and the
/// body under the webhook's secret. While a secret is being replaced there is one `v1` for each; other schemes (`v0`)
/// are not looked at. See https://docs.stripe.com/webhooks#verify-manually.
struct StripeSignature: Sendable {
    private let key: SymmetricKey?
    private let tolerance: Double

    /// - Parameters:
    ///   - secret: when it is empty, nothing is accepted.
    ///   - tolerance: how far the time of the signature may be from ours, in seconds.
    init(secret: String, tolerance: Double) {
        key = secret.isEmpty ? nil : SymmetricKey(data: Data(secret.utf8))
        self.tolerance = tolerance
    }

    /// Verifies a body.
    /// - Parameter now: our time.
    /// - Throws: `forbidden`.
    func verify(_ body: Data, header: String, now: Date) throws {
        guard let key, let header = Header(header) else { throw Self.unsigned }
        var code = HMAC<SHA256>(key: key)
        code.update(data: Data(header.time.utf8))
        code.update(data: Data(".".utf8))
        code.update(data: body)
        let expected = code.finalize()
        // This comparison takes as long for a wrong code as for the right one.
        guard header.codes.contains(where: { expected == $0 }) else { throw Self.unsigned }
        guard abs(now.timeIntervalSince1970 - header.seconds) <= tolerance else {
            throw GASError(.forbidden, "The notification was signed too long ago, or a clock is wrong.")
        }
    }

    private static let unsigned = GASError(.forbidden, "The notification is not signed by the payment provider.")

    /// The parts of the header.
    private struct Header {
        /// As it was signed.
        let time: String
        /// As a number.
        let seconds: Double
        /// What may be the code; its digits are read in either case.
        let codes: [Data]

        /// Reads the header; `nil` when it has not one time and at least one code.
        init?(_ text: String) {
            let parts = text.split(separator: ",").map { part in
                part.trimmingCharacters(in: .whitespaces).split(separator: "=", maxSplits: 1).map(String.init)
            }
            let values = { (name: String) in parts.filter { $0.count == 2 && $0[0] == name }.map { $0[1] } }
            let times = values("t")
            guard times.count == 1, let time = times.first, (1...12).contains(time.utf8.count),
                time.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let seconds = Double(time)
            else { return nil }
            self.time = time
            self.seconds = seconds
            codes = values("v1").compactMap(Data.init(hexadecimal:))
            if codes.isEmpty { return nil }
        }
    }
}

extension Data {
    /// Reads pairs of hexadecimal digits; `nil` for anything else.
    init?(hexadecimal text: String) {
        let digits = text.unicodeScalars.map { $0.isASCII ? Character($0).hexDigitValue : nil }
        guard digits.count.isMultiple(of: 2), !digits.isEmpty, !digits.contains(nil) else { return nil }
        let values = digits.compactMap { $0 }
        self.init(stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) })
    }
}
