import Foundation
import GAS
import GASAWS
import GASTesting
import HTTPTypes
import Testing

/// Where credentials come from, against servers that answer as AWS's do.
@Suite(.timeLimit(.minutes(1)))
struct CredentialTests {
    private func file(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func profiles() async throws {
        let credentials = try file(
            """
            # a comment
            [default]
            aws_access_key_id = AKIADEFAULT
            aws_secret_access_key=a=b
            [half]
            aws_access_key_id = AKIAHALF
            """)
        let config = try file(
            """
            [profile lab]
            aws_access_key_id = AKIALAB
            aws_secret_access_key = c
            aws_session_token = d
            [profile half]
            region = us-east-1
            """)
        defer {
            for path in [credentials, config] { try? FileManager.default.removeItem(atPath: path) }
        }
        let files = ["AWS_SHARED_CREDENTIALS_FILE": credentials, "AWS_CONFIG_FILE": config]
        for (profile, id) in [(nil, "AKIADEFAULT"), ("lab", "AKIALAB"), ("half", nil), ("nobody", nil)] {
            let variables = files.merging(profile.map { ["AWS_PROFILE": $0] } ?? [:]) { $1 }
            let found = try? await CredentialStage.chain(.profile(variables)).credentials()
            #expect(found?.accessKeyID == id)
        }
    }

    @Test func webIdentity() async throws {
        let server = LoopbackServer()
        server.set(
            "POST /",
            .text(
                """
                <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                <AssumeRoleWithWebIdentityResult><Credentials><SessionToken>covert</SessionToken>
                <SecretAccessKey>hidden</SecretAccessKey><Expiration>2026-01-01T01:00:00Z</Expiration>
                <AccessKeyId>ASIAWEB</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult>
                </AssumeRoleWithWebIdentityResponse>
                """))
        let token = try file("a.web+token/=\n")
        defer { try? FileManager.default.removeItem(atPath: token) }
        try await server.serve { origin, http in
            let found = try await CredentialStage.chain(
                .webIdentity(
                    ["AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:aws:iam::1:role/gas"], sts: origin,
                    http: http, patience: CredentialStage.patience)
            ).credentials()
            #expect(found.accessKeyID == "ASIAWEB")
            #expect(found.expires == Date(timeIntervalSince1970: 1_767_229_200))
            #expect(
                try await CredentialSource.isInUse(
                    .webIdentity([:], sts: origin, http: http, patience: CredentialStage.patience))
                    == false)
        }
        let call = try #require(server.calls.first)
        #expect(server.calls.count == 1 && call.headers[.authorization] == nil)
        for part in [
            "Action=AssumeRoleWithWebIdentity", "WebIdentityToken=a.web%2Btoken%2F%3D",
            "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fgas",
        ] { #expect(call.body.split(separator: "&").contains(Substring(part))) }
    }

    @Test func container() async throws {
        let server = LoopbackServer()
        server.set("GET /v2/credentials", .text(CredentialStage.document))
        let token = try file("Bearer of-a-file\n")
        defer { try? FileManager.default.removeItem(atPath: token) }
        try await server.serve { origin, http in
            for variables in [
                ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer of-the-environment"],
                ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token], [:],
            ] {
                let all = variables.merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": origin + "/v2/credentials"]) { $1 }
                let found = try await CredentialStage.chain(
                    .container(all, http: http, patience: CredentialStage.patience)
                ).credentials()
                #expect(found.accessKeyID == "ASIAEXAMPLE")
            }
            #expect(
                try await CredentialSource.isInUse(.container([:], http: http, patience: CredentialStage.patience))
                    == false)
        }
        let tokens = server.calls.map { $0.headers[.authorization] }
        #expect(tokens == ["Bearer of-the-environment", "Bearer of-a-file", nil])
    }

    @Test func machineAsksForATokenFirst() async throws {
        let server = LoopbackServer()
        server.set("PUT /latest/api/token", .text("t0ken"))
        server.set("GET /latest/meta-data/iam/security-credentials/", .text("gas-role\n"))
        server.set("GET /latest/meta-data/iam/security-credentials/gas-role", .text(CredentialStage.document))
        try await server.serve { origin, http in
            let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": origin]
            let found = try await CredentialStage.chain(
                .instance(variables, http: http, patience: CredentialStage.patience)
            ).credentials()
            #expect(found.accessKeyID == "ASIAEXAMPLE" && found.expires == Date(timeIntervalSince1970: 1_767_247_200))
            let off = variables.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
            #expect(
                try await CredentialSource.isInUse(.instance(off, http: http, patience: CredentialStage.patience))
                    == false)
        }
        let name = try #require(HTTPField.Name("X-aws-ec2-metadata-token"))
        #expect(server.calls.map(\.method) == ["PUT", "GET", "GET"])
        #expect(server.calls.map { $0.headers[name] } == [nil, "t0ken", "t0ken"])
    }

    @Test func noMachineOfAWSsIsNoError() async throws {
        try await LoopbackServer().serve { _, http in
            // Nobody listens at port 9 here.
            let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9"]
            let isInUse = try await CredentialSource.isInUse(
                .instance(variables, http: http, patience: CredentialStage.patience))
            #expect(!isInUse)
        }
    }

    /// What a source says is in no error, for it may hold secrets.
    @Test func refusalsKeepSecrets() async throws {
        let server = LoopbackServer()
        for answer in [
            LoopbackServer.Answer.text("hidden", status: .forbidden), .text("{\"AccessKeyId\": \"hidden\"}"),
            .text("hidden"),
        ] {
            server.set("GET /c", answer)
            try await server.serve { origin, http in
                let chain = CredentialStage.chain(
                    .container(
                        ["AWS_CONTAINER_CREDENTIALS_FULL_URI": origin + "/c"], http: http,
                        patience: CredentialStage.patience))
                let error = await #expect(throws: GASError.self) { try await chain.credentials() }
                #expect(error.map { !"\($0)".contains("hidden") } == true)
            }
        }
    }
}

extension CredentialSource {
    /// Whether a source has credentials to give.
    fileprivate static func isInUse(_ source: CredentialSource) async throws -> Bool {
        do {
            _ = try await CredentialChain(sources: [source], clock: ManualClock()).credentials()
            return true
        } catch let error as GASError where error.message.hasPrefix("There are no AWS credentials.") {
            return false
        }
    }
}
