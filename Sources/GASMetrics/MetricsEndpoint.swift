import GAS
import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle

/// Answers `GET /metrics`, on an address of its own, which need not be reachable by people.
public struct MetricsEndpoint: Service {
    /// Looks something up; what it throws is noted, and the rest is answered.
    public typealias Lookup = @Sendable () async throws -> [MetricReading]

    private let registry: MetricRegistry
    private let lookups: [Lookup]
    private let host: String
    private let port: Int
    private let logger: Logger

    /// - Parameter lookups: each gives readings whenever it is asked.
    public init(registry: MetricRegistry, lookups: [Lookup], host: String, port: Int, logger: Logger) {
        self.registry = registry
        self.lookups = lookups
        self.host = host
        self.port = port
        self.logger = logger
    }

    /// Serves until shutdown.
    public func run() async throws {
        let router = Router()
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: await text())))
        }
        do {
            try await Application(
                router: router, configuration: .init(address: .hostname(host, port: port)), logger: logger
            ).run()
        } catch {
            throw GASError(
                .unavailable, "The metrics cannot be served on \(host):\(port): is the port taken?", cause: error)
        }
    }

    /// All families, those that are looked up included.
    package func text() async -> String {
        var readings = ProcessReadings.now()
        for lookup in lookups {
            do {
                readings += try await lookup()
            } catch {
                logger.warning("A metric could not be looked up.", metadata: ["error": "\(error)"])
            }
        }
        let looked = Dictionary(grouping: readings, by: \.name).map { registry.family($0.key, readings: $0.value) }
        return (registry.families() + looked).sorted { $0.name < $1.name }.map(\.text).joined()
    }
}
