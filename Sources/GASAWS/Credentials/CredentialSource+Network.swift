import AsyncHTTPClient
import Foundation
import GAS

/// What AWS gives to programs that run there.
extension CredentialSource {
    /// A token file of an identity provider (Kubernetes, for one), exchanged at STS.
    /// See https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html.
    /// - Parameter sts: STS's origin.
    public static func webIdentity(
        _ variables: [String: String], sts: String, http: HTTPClient, patience: CredentialPatience
    ) -> Self {
        Self(name: "a web identity") {
            guard let path = variables["AWS_WEB_IDENTITY_TOKEN_FILE"], let role = variables["AWS_ROLE_ARN"] else {
                return nil
            }
            let token = try secret(inFile: path)
            let form = URIEncoding.query([
                ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
                ("RoleSessionName", variables["AWS_ROLE_SESSION_NAME"] ?? "gas"), ("WebIdentityToken", token),
            ])
            let body = try await CredentialFetch(http: http, patience: patience).post(sts + "/", form: form)
            let result = XMLNode(parsing: body)?["AssumeRoleWithWebIdentityResult"]?["Credentials"]
            guard let id = result?["AccessKeyId"]?.text, let secret = result?["SecretAccessKey"]?.text,
                let token = result?["SessionToken"]?.text, let expires = result?["Expiration"]?.text
            else { throw CredentialFetch.unreadable("STS") }
            return AWSCredentials(
                accessKeyID: id, secretAccessKey: secret, sessionToken: token,
                expires: try CredentialFetch.date(expires, "STS"))
        }
    }

    /// The endpoint of a container (ECS, EKS Pod Identity).
    /// See https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html.
    public static func container(
        _ variables: [String: String], http: HTTPClient, patience: CredentialPatience
    ) -> Self {
        Self(name: "the container") {
            let address: String
            if let relative = variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
                address = "http://169.254.170.2" + relative
            } else if let full = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
                address = full
            } else {
                return nil
            }
            var headers: [(String, String)] = []
            if let path = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
                headers = [("Authorization", try secret(inFile: path))]
            } else if let token = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
                headers = [("Authorization", token)]
            }
            return try CredentialFetch.credentials(
                in: try await CredentialFetch(http: http, patience: patience).get(address, headers: headers),
                from: "the container")
        }
    }

    /// The metadata of a virtual machine, version 2: a token first.
    /// See https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html.
    public static func instance(
        _ variables: [String: String], http: HTTPClient, patience: CredentialPatience
    ) -> Self {
        Self(name: "the machine's metadata") {
            guard variables["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else { return nil }
            let origin = variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
            let fetch = CredentialFetch(http: http, patience: patience, seconds: 2)
            let token: Data
            do {
                token = try await fetch.send(
                    "PUT", origin + "/latest/api/token", headers: [("X-aws-ec2-metadata-token-ttl-seconds", "21600")],
                    mayBeAway: true)
            } catch let error as GASError where (error.underlying as? CredentialFetch.PassingFailure)?.isAway == true {
                // Not a virtual machine of AWS's.
                return nil
            }
            let headers = [("X-aws-ec2-metadata-token", String(decoding: token, as: UTF8.self))]
            let path = origin + "/latest/meta-data/iam/security-credentials/"
            let roles = String(decoding: try await fetch.get(path, headers: headers), as: UTF8.self)
            guard let role = roles.split(whereSeparator: \.isNewline).first else { return nil }
            return try CredentialFetch.credentials(
                in: try await fetch.get(path + role, headers: headers), from: "the machine's metadata")
        }
    }

    private static func secret(inFile path: String) throws -> String {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw GASError(.unavailable, "The token file \(path) cannot be read.")
        }
        return String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension CredentialChain {
    /// Environment, profile, web identity, container, machine: the order in which AWS's own tools look.
    /// - Parameters:
    ///   - variables: of the environment. An empty one is none.
    ///   - settings: say where STS is, and how often is asked again.
    public static func standard(
        _ variables: [String: String], settings: AWSSettings, http: HTTPClient, clock: any WallClock
    ) -> CredentialChain {
        let variables = variables.filter { !$0.value.isEmpty }
        let patience = CredentialPatience(settings, clock: clock)
        return CredentialChain(
            sources: [
                .environment(variables), .profile(variables),
                .webIdentity(variables, sts: settings.origin(of: "sts"), http: http, patience: patience),
                .container(variables, http: http, patience: patience),
                .instance(variables, http: http, patience: patience),
            ], clock: clock)
    }
}
