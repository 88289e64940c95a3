import Foundation
import GASAWS
import Testing

/// Signatures that AWS publishes in its documentation.
struct SignatureTests {
    private let s3Credentials = AWSCredentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    private let generalCredentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    private let s3Date = Date(timeIntervalSince1970: 1_369_353_600)
    private let generalDate = Date(timeIntervalSince1970: 1_440_938_160)

    private func s3(_ request: SignableRequest) -> String {
        let signature = SignatureV4(credentials: s3Credentials, region: "us-east-1", service: "s3")
        return signature.headers(for: request, date: s3Date).last?.value ?? ""
    }

    private func s3Request(
        _ method: String = "GET", path: String = "/", query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: String = ""
    ) -> SignableRequest {
        SignableRequest(
            method: method, host: "examplebucket.s3.amazonaws.com", path: path, query: query, headers: headers,
            payload: .init(of: Data(body.utf8)))
    }

    /// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    @Test func s3Headers() {
        #expect(
            s3(s3Request(path: "/test.txt", headers: [("Range", "bytes=0-9")]))
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        let put = s3Request(
            "PUT", path: "/test$file.text",
            headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            body: "Welcome to Amazon S3.")
        #expect(s3(put).hasSuffix("=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
        #expect(
            s3(s3Request(query: [("lifecycle", "")]))
                .hasSuffix("=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))
        #expect(
            s3(s3Request(query: [("prefix", "J"), ("max-keys", "2")]))
                .hasSuffix("=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
    }

    /// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    @Test func s3Link() {
        var request = s3Request(path: "/test.txt")
        request.payload = .unsigned
        let signature = SignatureV4(credentials: s3Credentials, region: "us-east-1", service: "s3")
        let query = signature.presignedQuery(for: request, date: s3Date, lifetime: 86_400)
        #expect(query.hasSuffix("=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
    }

    /// `get-vanilla` of AWS's test suite, and the example of the guide.
    @Test func general() {
        let vanilla = SignatureV4(credentials: generalCredentials, region: "us-east-1", service: "service").headers(
            for: SignableRequest(method: "GET", host: "example.amazonaws.com", payload: .init(of: Data())),
            date: generalDate)
        #expect(vanilla.first?.value == "20150830T123600Z")
        #expect(
            vanilla.last?.value
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=host;x-amz-date, "
                + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
        let users = SignatureV4(credentials: generalCredentials, region: "us-east-1", service: "iam").headers(
            for: SignableRequest(
                method: "GET", host: "iam.amazonaws.com", query: [("Action", "ListUsers"), ("Version", "2010-05-08")],
                headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
                payload: .init(of: Data())), date: generalDate)
        #expect(
            users.last?.value.hasSuffix("=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7") == true)
    }

    @Test func credentialsKeepTheirSecrets() {
        let credentials = AWSCredentials(accessKeyID: "id", secretAccessKey: "hidden", sessionToken: "covert")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(text.contains("id") && !text.contains("hidden") && !text.contains("covert"))
        }
    }
}
