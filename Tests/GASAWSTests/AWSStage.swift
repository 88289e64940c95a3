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
    static let services = ["sqs", "sns", "sts", "dynamodb", "s3"]

    static let endpoints = services.reduce(into: [String: String]()) { endpoints, service in
        endpoints[service] = ProcessInfo.processInfo.environment["GAS_AWS_ENDPOINT_\(service.uppercased())"]
    }

    static func has(_ names: String...) -> Bool { names.allSatisfy { endpoints[$0] != nil } }

    static let absence: Comment =
        "no server takes AWS's place here; Tests/EndToEnd/test_aws.py starts some and runs these tests"

    static let settings = AWSSettings(
        region: region, endpoints: endpoints, timeoutSeconds: 20, retries: 4, backoffSeconds: 0.05)

    private static let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .aws(settings))

    static let client = AWSClient(
        settings: settings,
        credentials: CredentialChain(
            sources: [.environment(ProcessInfo.processInfo.environment)], clock: SystemClock()),
        http: http, clock: SystemClock(), logger: Logger(label: "gas.aws.tests"))

    static let resources = AWSResources(client: client)
}
