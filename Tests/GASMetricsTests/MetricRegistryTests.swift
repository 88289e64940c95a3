import CoreMetrics
import GAS
import Logging
import Testing

import GASMetrics

@Suite("Metrics in Prometheus's format")
struct MetricRegistryTests {
    private let registry = MetricRegistry(help: ["a_total": "How many."])

    private func endpoint(_ lookups: [MetricsEndpoint.Lookup] = []) -> MetricsEndpoint {
        MetricsEndpoint(
            registry: registry, lookups: lookups, host: "127.0.0.1", port: 1,
            logger: Logger(label: "metrics", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func lines(_ name: String, _ lookups: [MetricsEndpoint.Lookup] = []) async -> [String] {
        await endpoint(lookups).text().split(separator: "\n").map(String.init).filter { $0.contains(name) }
    }

    @Test("Counters of one name are told apart by their labels, and say what they are")
    func counters() async {
        Counter(label: "a_total", dimensions: [("status", "200")], factory: registry).increment(by: 2)
        Counter(label: "a_total", dimensions: [("status", "200")], factory: registry).increment()
        Counter(label: "a_total", dimensions: [("status", "404")], factory: registry).increment()
        #expect(
            await lines("a_total") == [
                "# HELP a_total How many.", "# TYPE a_total counter", "a_total{status=\"200\"} 3",
                "a_total{status=\"404\"} 1",
            ])
    }

    @Test("Labels are escaped")
    func escaped() async {
        Counter(label: "b_total", dimensions: [("path", "a\"b\\c\nd")], factory: registry).increment()
        #expect(await lines("b_total").last == "b_total{path=\"a\\\"b\\\\c\\nd\"} 1")
    }

    @Test("A time counts in its bucket and all above, in seconds")
    func histograms() async {
        let timer = CoreMetrics.Timer(label: "t_seconds", dimensions: [("route", "/")], factory: registry)
        timer.recordMilliseconds(1)
        timer.recordMilliseconds(30)
        timer.recordSeconds(100)
        let lines = await lines("t_seconds")
        #expect(lines.first == "# TYPE t_seconds histogram")
        #expect(lines.contains("t_seconds_bucket{route=\"/\",le=\"0.001\"} 1"))
        #expect(lines.contains("t_seconds_bucket{route=\"/\",le=\"0.025\"} 1"))
        #expect(lines.contains("t_seconds_bucket{route=\"/\",le=\"0.05\"} 2"))
        #expect(lines.contains("t_seconds_bucket{route=\"/\",le=\"60\"} 2"))
        #expect(lines.contains("t_seconds_bucket{route=\"/\",le=\"+Inf\"} 3"))
        #expect(lines.contains("t_seconds_sum{route=\"/\"} 100.031"))
        #expect(lines.contains("t_seconds_count{route=\"/\"} 3"))
    }

    @Test("What is looked up is a gauge; what cannot be looked up takes nothing else away")
    func lookups() async {
        Counter(label: "c_total", factory: registry).increment()
        let text = await endpoint([
            { throw GASError(.unavailable, "Not now.") },
            { [MetricReading("depth", [MetricLabel("queue", "q")], value: 2.5), MetricReading("depth", value: 1)] },
        ]).text()
        #expect(text.contains("# TYPE depth gauge\ndepth 1\ndepth{queue=\"q\"} 2.5\n"))
        #expect(text.contains("c_total 1\n"))
        #expect(text.contains("process_resident_memory_bytes"))
    }
}
