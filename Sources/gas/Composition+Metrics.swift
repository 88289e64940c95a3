import Foundation
import GAS
import GASMetrics
import GASWeb
import GASWorkers
import Logging
import ServiceLifecycle

/// Numbers for Prometheus.
extension Composition {
    /// What this process counts.
    static let metrics = MetricRegistry(
        help: WebMetrics.help.merging(WorkerMetrics.help) { first, _ in first }
            .merging(ProcessReadings.help) { first, _ in first }
            .merging(lookedUp) { first, _ in first })

    private static let lookedUp = [
        "gas_build_info": "The version that runs.",
        "gas_jobs": "Jobs that there are, by state.",
        "gas_queue_messages": "Messages in a queue, by whether they are ready, in hand or not due yet.",
        "gas_queue_oldest_seconds": "Age of a queue's oldest message, in seconds; 0 when it is empty.",
        "gas_dead_letters": "Messages that could not be dealt with, by the queue they came from.",
    ]

    /// Serves them, where a port is configured.
    /// - Parameter looksAround: whether jobs and queues are counted too, which one process of a service is enough for.
    func metricsEndpoint(looksAround: Bool) -> [any Service] {
        let port = configuration[Settings.metricsPort]
        guard port > 0 else { return [] }
        let build: MetricsEndpoint.Lookup = {
            [MetricReading("gas_build_info", [MetricLabel("version", Gas.version)], value: 1)]
        }
        return [
            MetricsEndpoint(
                registry: Self.metrics, lookups: [build] + (looksAround ? [jobReadings, queueReadings] : []),
                host: configuration[Settings.metricsHost], port: port, logger: Logger(label: "gas.metrics"))
        ]
    }

    private var jobReadings: MetricsEndpoint.Lookup {
        let jobs = jobs
        return {
            let counts = try await jobs.counts()
            return JobStatus.allCases.map { status in
                MetricReading(
                    "gas_jobs", [MetricLabel("status", status.rawValue)], value: Double(counts[status] ?? 0))
            }
        }
    }

    private var queueReadings: MetricsEndpoint.Lookup {
        let (lines, clock) = (messaging.offices, clock)
        return {
            var readings: [MetricReading] = []
            for line in lines {
                let (depth, dead) = (try await line.queue.depth(), try await line.deadLetters.depth())
                let queue = MetricLabel("queue", line.queue.name)
                for (state, count) in [
                    ("ready", depth.visible), ("in-hand", depth.inFlight), ("not-due", depth.delayed),
                ] {
                    readings.append(
                        MetricReading("gas_queue_messages", [queue, MetricLabel("state", state)], value: Double(count)))
                }
                let age = depth.oldest.map { max(0, clock.now.timeIntervalSince($0)) } ?? 0
                readings.append(MetricReading("gas_queue_oldest_seconds", [queue], value: age))
                readings.append(
                    MetricReading(
                        "gas_dead_letters", [queue], value: Double(dead.visible + dead.inFlight + dead.delayed)))
            }
            return readings
        }
    }
}
