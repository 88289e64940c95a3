import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import GASTesting
import Logging
import Testing

/// The servers that take AWS's place, as the environment names them: `GAS_AWS_ENDPOINT_SQS` and so on.
enum AWSStage {
    static let region = "us-east-1"
    static let services = ["sqs", "sns", "sts", "dynamodb", "s3", "glacier", "ses", "secretsmanager"]

    static let endpoints = services.reduce(into: [String: String]()) { endpoints, service in
        endpoints[service] = ProcessInfo.processInfo.environment["GAS_AWS_ENDPOINT_\(service.uppercased())"]
    }

    static func has(_ names: String...) -> Bool { names.allSatisfy { endpoints[$0] != nil } }

    /// moto has storage classes and restorations, radosgw does not.
    static let hasGlacier = has("s3", "glacier", "sns", "sqs")

    static let absence: Comment =
        "no server takes AWS's place here; Tests/EndToEnd/test_aws.py starts some and runs these tests"

    static let settings = AWSSettings(
        region: region, endpoints: endpoints, timeoutSeconds: 20, retries: 4, backoffSeconds: 0.05)

    static let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .aws(settings))

    static let client = client(in: .fair)

    /// A client with the same servers and a bad way to them.
    static func client(in weather: Weather) -> AWSClient {
        var settings = settings
        if weather != .fair {
            settings.retries = 12
            settings.backoffSeconds = 0.002
            settings.maximumBackoffSeconds = 0.01
        }
        return AWSClient(
            settings: settings,
            credentials: CredentialChain(
                sources: [.environment(ProcessInfo.processInfo.environment)], clock: SystemClock()),
            http: weather == .fair ? http : FaultyTransport(http, weather), clock: SystemClock(),
            logger: Logger(label: "gas.aws.tests"))
    }

    /// A client whose requests go through something that looks at them.
    static func client(through transport: any AWSTransport) -> AWSClient {
        AWSClient(
            settings: settings,
            credentials: CredentialChain(
                sources: [.environment(ProcessInfo.processInfo.environment)], clock: SystemClock()),
            http: transport, clock: SystemClock(), logger: Logger(label: "gas.aws.tests"))
    }

    /// A client of a stage that is no server at all.
    static func client(
        of stage: any AWSTransport, in weather: Weather = .fair, clock: any WallClock = SystemClock(),
        credentials: CredentialChain? = nil, backoff: Double = 0.002, retries: Int = 12
    ) -> AWSClient {
        let endpoints = services.reduce(into: [String: String]()) { $0[$1] = "http://\($1).stage" }
        return AWSClient(
            settings: AWSSettings(
                region: region, endpoints: endpoints, timeoutSeconds: 20, retries: retries, backoffSeconds: backoff,
                maximumBackoffSeconds: 0.01),
            credentials: credentials
                ?? CredentialChain(
                    sources: [
                        CredentialSource(name: "a test") {
                            AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "a-secret")
                        }
                    ], clock: SystemClock()),
            http: weather == .fair ? stage : FaultyTransport(stage, weather), clock: clock,
            logger: Logger(label: "gas.aws.tests"))
    }

    static let resources = AWSResources(client: client)
}
