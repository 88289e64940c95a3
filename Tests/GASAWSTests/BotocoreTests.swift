import Foundation
import GASAWS
import Testing

/// AWS's own signer for Python, as an independent witness.
enum Botocore {
    static let python =
        FileManager.default.isExecutableFile(atPath: ".venv/bin/python") ? ".venv/bin/python" : "python3"

    static func run(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    static var isThere: Bool { (try? run(["-c", "import botocore.auth"]).status) == 0 }
}

@Suite(.enabled(if: Botocore.isThere, "botocore is not installed here; 'make setup-test' installs it"))
struct BotocoreTests {
    /// One line of `sign_with_botocore.py`.
    struct Case: Decodable {
        let service: String
        let region: String
        let token: String?
        let time: Double
        let host: String
        let kind: String
        let path: String
        let query: [[String]]
        let headers: [[String]]
        let method: String
        let payload: String?
        let policy: String?
        let lifetime: Int?
        let expected: String

        var request: SignableRequest {
            SignableRequest(
                method: method, host: host, path: path, query: query.map { ($0[0], $0[1]) },
                headers: headers.map { ($0[0], $0[1]) },
                payload: payload.map { $0 == "UNSIGNED-PAYLOAD" ? .unsigned : .sha256($0) } ?? .unsigned)
        }

        var date: Date { Date(timeIntervalSince1970: time) }

        /// What we make of it, in the form of `expected`.
        var ours: String {
            let signature = SignatureV4(
                credentials: AWSCredentials(
                    accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI+K7MDENG+bPxRfiCYEXAMPLEKEY",
                    sessionToken: token), region: region, service: service)
            if let policy { return signature.signature(ofPolicy: policy, date: date) }
            if let lifetime {
                return signature.presignedQuery(for: request, date: date, lifetime: lifetime)
                    .split(separator: "=").last.map(String.init) ?? ""
            }
            return signature.headers(for: request, date: date).last?.value ?? ""
        }
    }

    @Test func signaturesAgree() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("sign_with_botocore.py").path
        let seed = UInt32.random(in: 0...UInt32.max)
        let (status, output) = try Botocore.run([script, "\(seed)", "1000"])
        #expect(status == 0)
        let cases = try output.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Case.self, from: $0)
        }
        let counts = Dictionary(grouping: cases, by: \.service).mapValues(\.count)
        let services = ["s3", "sqs", "sns", "dynamodb", "ses", "glacier", "secretsmanager"]
        #expect(counts == Dictionary(uniqueKeysWithValues: services.map { ($0, 1000) }))
        let others = cases.filter { $0.ours != $0.expected }
        #expect(
            others.isEmpty,
            "\(others.count) differ with seed \(seed), first: \(others.first.map { "\($0)" } ?? "")")
    }
}
