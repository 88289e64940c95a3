/// The text of a request that is signed.
/// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step 1.
struct CanonicalRequest {
    let text: String
    /// The names of the headers in it, as `SignedHeaders` lists them.
    let signedHeaders: String

    init(_ request: SignableRequest, rules: SignatureV4.Rules) {
        let headers = CanonicalRequest.headers(request)
        signedHeaders = headers.map(\.name).joined(separator: ";")
        text = [
            request.method,
            CanonicalRequest.path(request.path, rules: rules),
            CanonicalRequest.query(request.query),
            headers.map { "\($0.name):\($0.value)\n" }.joined(),
            signedHeaders,
            request.payload.word,
        ].joined(separator: "\n")
    }

    /// S3 signs the path as it is sent. Everywhere else it is normalized (RFC 3986, section 5.2.4, and without repeated
    /// slashes) and encoded once more.
    private static func path(_ path: String, rules: SignatureV4.Rules) -> String {
        let encoded = URIEncoding.encodePath(path.isEmpty ? "/" : path)
        switch rules {
        case .s3: return encoded
        case .general: return URIEncoding.encodePath(normalized(encoded))
        }
    }

    private static func normalized(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        let end = path.hasSuffix("/") && !segments.isEmpty ? "/" : ""
        return "/" + segments.joined(separator: "/") + end
    }

    /// Sorted by encoded name, then by encoded value, by their bytes.
    private static func query(_ items: [(name: String, value: String)]) -> String {
        items.map { (URIEncoding.encode($0.name), URIEncoding.encode($0.value)) }
            .sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// By lower-case name; values without outer and repeated spaces; repeated headers in one line.
    private static func headers(_ request: SignableRequest) -> [(name: String, value: String)] {
        var values: [String: [String]] = ["host": [request.host]]
        for (name, value) in request.headers {
            let trimmed = value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            values[name.lowercased(), default: []].append(trimmed)
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }
}
