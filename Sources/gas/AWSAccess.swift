import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import Logging

/// The way to AWS, where any setting leads there.
struct AWSAccess: Sendable {
    let client: AWSClient
    private let http: HTTPClient
    let secrets: SecretsManagerSecrets
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
            credentials: .standard(environment, settings: settings, http: http, clock: clock), http: http,
            clock: clock, logger: Logger(label: "gas.aws"))
        layout = AWSLayout(configuration: configuration)
        secrets = SecretsManagerSecrets(client: client, clock: clock)
    }

    /// Ends all connections.
    func close() async throws { try await http.shutdown() }

    /// Opens the way for as long as `body` takes, if the settings lead there.
    static func whileOpen<Value>(
        _ configuration: EffectiveConfiguration, clock: any WallClock = SystemClock(),
        _ body: (AWSAccess?) async throws -> Value
    ) async throws -> Value {
        guard configuration.usesAWS else { return try await body(nil) }
        let aws = try AWSAccess(configuration, clock: clock)
        let value: Value
        do { value = try await body(aws) } catch {
            try await aws.close()
            throw error
        }
        try await aws.close()
        return value
    }

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
            || self[Settings.queueTransport] == .aws || self[Settings.mailTransport] == .ses || isArchivedAtAWS
            || (self[Settings.database] == .postgres && !self[Settings.postgresPassword].isEmpty)
    }

    /// Whether the archive is Glacier, which announces on a topic of SNS's.
    var isArchivedAtAWS: Bool { [.glacier, .vault].contains(self[Settings.archiveStore]) }

    /// Whether anything is kept in the database of the data folder.
    var usesFolderDatabase: Bool {
        self[Settings.database] == .sqlite || self[Settings.objectStore] == .files
            || self[Settings.archiveStore] == .folder
    }
}
