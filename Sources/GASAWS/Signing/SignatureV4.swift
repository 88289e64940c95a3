import Crypto
import Foundation

/// AWS's Signature Version 4. A value without state: the date is a parameter, so the same call gives the same signature.
/// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html.
public struct SignatureV4: Sendable {
    /// How paths are made canonical, and which headers go along.
    public enum Rules: Sendable {
        /// Of all services but S3.
        case general
        /// Of S3, which signs paths as they are sent and wants the payload's hash in a header.
        case s3
    }

    static let algorithm = "AWS4-HMAC-SHA256"

    let credentials: AWSCredentials
    let region: String
    let service: String
    let rules: Rules

    /// Signs for one service in one region.
    /// - Parameter service: its signing name, such as `s3` or `dynamodb`.
    public init(credentials: AWSCredentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
        rules = service == "s3" ? .s3 : .general
    }

    /// The headers that a request needs besides its own, the last of them `Authorization`.
    public func headers(for request: SignableRequest, date: Date) -> [(name: String, value: String)] {
        let stamp = Stamp(date)
        var added = [(name: "X-Amz-Date", value: stamp.time)]
        if let token = credentials.sessionToken { added.append(("X-Amz-Security-Token", token)) }
        if rules == .s3 { added.append(("X-Amz-Content-SHA256", request.payload.word)) }
        var request = request
        request.headers += added
        let canonical = CanonicalRequest(request, rules: rules)
        added.append(
            (
                "Authorization",
                "\(Self.algorithm) Credential=\(credential(stamp)), SignedHeaders=\(canonical.signedHeaders), "
                    + "Signature=\(signature(of: canonical, stamp))"
            ))
        return added
    }

    /// The query of a link that carries its signature, encoded, in the order in which it was signed.
    /// - Parameters:
    ///   - lifetime: whole seconds from `date` on, 1 to 604,800.
    public func presignedQuery(for request: SignableRequest, date: Date, lifetime: Int) -> String {
        let stamp = Stamp(date)
        var request = request
        request.query += [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", credential(stamp)), ("X-Amz-Date", stamp.time),
            ("X-Amz-Expires", "\(lifetime)"),
        ]
        if let token = credentials.sessionToken { request.query.append(("X-Amz-Security-Token", token)) }
        let unsigned = CanonicalRequest(request, rules: rules)
        request.query.append(("X-Amz-SignedHeaders", unsigned.signedHeaders))
        let canonical = CanonicalRequest(request, rules: rules)
        return URIEncoding.query(request.query) + "&X-Amz-Signature=" + signature(of: canonical, stamp)
    }

    /// The fields about signing that the policy of a form must name, and the form must have.
    public func policyFields(date: Date) -> [(name: String, value: String)] {
        let stamp = Stamp(date)
        var fields = [
            (name: "x-amz-algorithm", value: Self.algorithm), ("x-amz-credential", credential(stamp)),
            ("x-amz-date", stamp.time),
        ]
        if let token = credentials.sessionToken { fields.append(("x-amz-security-token", token)) }
        return fields
    }

    /// The signature of a form's policy, which the form has as `x-amz-signature`.
    /// - Parameter policy: JSON in base64.
    public func signature(ofPolicy policy: String, date: Date) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(policy.utf8), using: key(Stamp(date))).hexadecimal
    }

    private func signature(of canonical: CanonicalRequest, _ stamp: Stamp) -> String {
        let hash = SHA256.hash(data: Data(canonical.text.utf8)).hexadecimal
        let text = [Self.algorithm, stamp.time, scope(stamp), hash].joined(separator: "\n")
        return HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key(stamp)).hexadecimal
    }

    private func credential(_ stamp: Stamp) -> String { "\(credentials.accessKeyID)/\(scope(stamp))" }

    private func scope(_ stamp: Stamp) -> String { "\(stamp.day)/\(region)/\(service)/aws4_request" }

    /// The secret, narrowed down to a day, a region and a service.
    private func key(_ stamp: Stamp) -> SymmetricKey {
        let secret = SymmetricKey(data: Data("AWS4\(credentials.secretAccessKey)".utf8))
        return [stamp.day, region, service, "aws4_request"].reduce(secret) { key, word in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(word.utf8), using: key))
        }
    }
}

/// A moment in UTC as signatures write it.
struct Stamp {
    /// `20130524T000000Z`.
    let time: String
    /// `20130524`.
    var day: String { String(time.prefix(8)) }

    init(_ date: Date) {
        let style = Date.VerbatimFormatStyle(
            format:
                "\(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)T\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)Z",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        time = date.formatted(style)
    }
}
