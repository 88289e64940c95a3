import AsyncHTTPClient
import Crypto
import Foundation
import GAS
import GASAWS
import GASTesting
import NIOCore
import NIOHTTP1
import Testing

/// The rules of the object store, on a server that speaks S3.
@Suite(.enabled(if: AWSStage.has("s3"), AWSStage.absence), .serialized, .timeLimit(.minutes(2)))
struct ObjectTests {
    private func store(
        _ settings: S3Settings = S3Settings(), in weather: Weather = .fair
    ) async throws -> S3ObjectStore {
        // Twice is as good as once.
        for _ in 1...2 { try await AWSStage.resources.makeBucket(named: "gas-test") }
        return S3ObjectStore(client: AWSStage.client(in: weather), settings: settings)
    }

    @Test(arguments: ObjectStoreConformance.allCases, [Weather.fair, .storm])
    func objectStore(_ rule: ObjectStoreConformance, _ weather: Weather) async throws {
        try await rule.check(try await store(in: weather), clock: RealTestClock())
    }

    @Test(arguments: [Weather.fair, .storm]) func largeFilesGoInParts(_ weather: Weather) async throws {
        let store = try await store(S3Settings(partBytes: 5 << 20, parallelParts: 3), in: weather)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (source, target) = (folder.appendingPathComponent("source"), folder.appendingPathComponent("target"))
        let bytes = Data((0..<17_000_001).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 9) })
        try bytes.write(to: source)
        let location = ObjectLocation(bucket: "gas-test", key: "parts/\(UUID().uuidString)")
        let written = try await store.put(file: source.path, at: location)
        let read = try await store.get(location, toFile: target.path)
        #expect(read.sha256 == written.sha256 && read.size == bytes.count)
        #expect(try Data(contentsOf: target) == bytes)
        #expect(try await store.metadata(location)?.sha256 == written.sha256)
        try FileManager.default.removeItem(at: folder)
    }

    @Test func linksNameTheFile() async throws {
        let store = try await store()
        let location = ObjectLocation(bucket: "gas-test", key: "links/ä +%20 \"~\(UUID().uuidString)")
        _ = try await store.put(Data("content".utf8), at: location)
        func link(_ seconds: Double) async throws -> String {
            try await store.signDownload(
                DownloadRequest(
                    location: location, fileName: "ä \"b\".vcf", contentType: "text/plain; charset=utf-8",
                    expires: Date().addingTimeInterval(seconds)))
        }
        let good = try await get(try await link(60))
        #expect(good.status == 200 && good.body == "content")
        #expect(good.disposition?.contains("filename*=UTF-8''%C3%A4%20%22b%22.vcf") == true)
        #expect(try await get(try await link(60).replacing("charset", with: "charsex")).status == 403)
        #expect(try await get(try await link(60).replacing("links", with: "linkt")).status == 403)
        let short = try await link(1)
        try await Task.sleep(for: .seconds(3))
        #expect(try await get(short).status == 403)
    }

    @Test func formsAreHeldToTheirPolicy() async throws {
        let store = try await store()
        let prefix = "forms/\(UUID().uuidString)/~"
        func form(seconds: Double = 60) async throws -> SignedUpload {
            try await store.signUpload(
                UploadPolicy(
                    bucket: "gas-test", keyPrefix: prefix, sizes: 3...10, expires: Date().addingTimeInterval(seconds),
                    successRedirect: "https://gas.example/submitted"))
        }
        let signed = try await form()
        let answer = try await post(signed, "12345")
        #expect(answer.status == 303 || answer.status == 200)
        #expect(answer.location?.hasPrefix("https://gas.example/submitted?") == true)
        let location = ObjectLocation(bucket: "gas-test", key: prefix + "a b.vcf")
        #expect(try await store.get(location, limit: 10) == Data("12345".utf8))
        #expect(try await store.metadata(location)?.sha256 == nil)
        for content in ["12", "12345678901"] {
            #expect((400..<500).contains(try await post(signed, content).status))
        }
        for (name, value) in [
            ("key", "forms/elsewhere"), ("success_action_redirect", "https://evil.example/"),
            (
                "policy",
                Data("{\"expiration\":\"2099-01-01T00:00:00.000Z\",\"conditions\":[]}".utf8).base64EncodedString()
            ),
            ("x-amz-signature", String(repeating: "0", count: 64)),
        ] {
            let changed = SignedUpload(
                url: signed.url,
                fields: signed.fields.map { $0.name == name ? .init(name: name, value: value) : $0 })
            #expect((400..<500).contains(try await post(changed, "12345").status), "\(name)")
        }
        let expired = try await form(seconds: 1)
        try await Task.sleep(for: .seconds(3))
        #expect((400..<500).contains(try await post(expired, "12345").status))
    }

    private func get(_ url: String) async throws -> (status: UInt, body: String, disposition: String?) {
        let response = try await Self.browser.execute(HTTPClientRequest(url: url), timeout: .seconds(20))
        let body = String(buffer: try await response.body.collect(upTo: 1 << 20))
        return (response.status.code, body, response.headers.first(name: "Content-Disposition"))
    }

    private func post(_ form: SignedUpload, _ content: String) async throws -> (status: UInt, location: String?) {
        let boundary = "boundary-\(UUID().uuidString)"
        var body = ""
        for field in form.fields {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n"
        }
        body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.vcf\"\r\n"
        body += "Content-Type: text/plain\r\n\r\n\(content)\r\n--\(boundary)--\r\n"
        var request = HTTPClientRequest(url: form.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=\(boundary)")
        request.body = .bytes(Array(body.utf8))
        let response = try await Self.browser.execute(request, timeout: .seconds(20))
        _ = try await response.body.collect(upTo: 1 << 20)
        return (response.status.code, response.headers.first(name: "Location"))
    }

    private static let browser = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
}
