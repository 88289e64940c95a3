import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import Logging

/// The way to AWS, where any setting leads there.
struct AWSAccess: Sendable {
    let client: AWSClient
    private let http: HTTPClient
    let layout: AWSLayout

    /// The way that the settings describe.
    /// - Throws: `invalid` when no region is named.
    init(_ configuration: EffectiveConfiguration, clock: any WallClock) throws {
        let environment = ProcessInfo.processInfo.environment
        guard let region = AWSLayout.region(configuration) else {
            throw GASError(.invalid, "AWS is to be used, but no region is named: set \(Settings.awsRegion.key).")
        }
        let general = configuration[Settings.awsEndpoint]
        let endpoints = Settings.awsEndpoints.reduce(into: [String: String]()) { endpoints, entry in
            let own = configuration[entry.setting]
            let endpoint = own.isEmpty ? general : own
            if !endpoint.isEmpty { endpoints[entry.service] = endpoint }
        }
        let settings = AWSSettings(
            region: region, endpoints: endpoints, timeoutSeconds: configuration[Settings.awsTimeoutSeconds],
            retries: configuration[Settings.awsRetries], backoffSeconds: configuration[Settings.awsBackoffSeconds],
            maximumBackoffSeconds: configuration[Settings.awsMaximumBackoffSeconds])
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .aws(settings))
        client = AWSClient(
            settings: settings,
            credentials: .standard(environment, sts: settings.origin(of: "sts"), http: http, clock: clock), http: http,
            clock: clock, logger: Logger(label: "gas.aws"))
        layout = AWSLayout(configuration: configuration)
    }

    /// Ends all connections.
    func close() async throws { try await http.shutdown() }

    /// The account that the settings name, or else that of the credentials.
    func account() async throws -> AWSCaller {
        let configured = layout.configuration[Settings.awsAccount]
        guard configured.isEmpty else {
            return AWSCaller(account: configured, partition: client.partition)
        }
        return try await client.caller()
    }
}

extension AWSLayout {
    /// The region of the settings, or of the environment; `nil` when neither names one.
    static func region(_ configuration: EffectiveConfiguration) -> String? {
        let environment = ProcessInfo.processInfo.environment
        return [
            configuration[Settings.awsRegion], environment["AWS_REGION"] ?? "", environment["AWS_DEFAULT_REGION"] ?? "",
        ].first { !$0.isEmpty }
    }
}

extension EffectiveConfiguration {
    /// Whether any setting leads to AWS.
    var usesAWS: Bool {
        self[Settings.objectStore] == .s3 || self[Settings.jobStore] == .dynamodb
            || self[Settings.queueTransport] == .aws
    }

    /// Whether anything is kept in the database of the data folder.
    var usesFolderDatabase: Bool {
        self[Settings.database] == .sqlite || self[Settings.objectStore] == .files
            || self[Settings.archiveStore] == .folder
    }
}
