import CoreMetrics
import Foundation
import Synchronization

/// Keeps what this process counts, behind swift-metrics, and writes it down in Prometheus's text format.
///
/// Labels are taken as Prometheus wants them: counters end in `_total`, times are in seconds. A metric is made by its first
/// use and lasts as long as the process.
public final class MetricRegistry: MetricsFactory {
    /// The names and values of a metric's labels, in order.
    typealias Labels = [MetricLabel]

    private struct State {
        var counters: [String: [Labels: CounterCell]] = [:]
        var gauges: [String: [Labels: GaugeCell]] = [:]
        var histograms: [String: [Labels: HistogramCell]] = [:]
    }

    /// Upper bounds of a time's buckets, in seconds.
    public static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    private let help: [String: String]
    private let state = Mutex(State())

    /// - Parameter help: what each metric is, by its name; a metric that is not among them has no help.
    public init(help: [String: String]) {
        self.help = help
    }

    /// The counter of this name and these labels.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let labels = MetricLabel.labels(dimensions)
        return state.withLock { Self.cell(of: labels, in: &$0.counters[label, default: [:]], CounterCell.init) }
    }

    /// The histogram of this name and these labels, or the gauge when nothing is to be summed up.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let labels = MetricLabel.labels(dimensions)
        return state.withLock { state -> any RecorderHandler in
            aggregate
                ? Self.cell(of: labels, in: &state.histograms[label, default: [:]], HistogramCell.init)
                : Self.cell(of: labels, in: &state.gauges[label, default: [:]], GaugeCell.init)
        }
    }

    /// The histogram of seconds of this name and these labels.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let labels = MetricLabel.labels(dimensions)
        return state.withLock { Self.cell(of: labels, in: &$0.histograms[label, default: [:]], HistogramCell.init) }
    }

    private static func cell<Cell>(of labels: Labels, in cells: inout [Labels: Cell], _ make: () -> Cell) -> Cell {
        if let known = cells[labels] { return known }
        let fresh = make()
        cells[labels] = fresh
        return fresh
    }

    /// Nothing is forgotten: a counter that began anew would look like a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// As above.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// As above.
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// Everything, by name, as `MetricFamily` writes it.
    func families() -> [MetricFamily] {
        let (counters, gauges, histograms) = state.withLock { ($0.counters, $0.gauges, $0.histograms) }
        let all =
            counters.map { name, cells in
                family(name, .counter, cells.map { .init(suffix: "", labels: $0.key, value: Double($0.value.value)) })
            }
            + gauges.map { name, cells in
                family(name, .gauge, cells.map { .init(suffix: "", labels: $0.key, value: $0.value.value) })
            }
            + histograms.map { name, cells in
                family(
                    name, .histogram,
                    cells.sorted { $0.key.description < $1.key.description }.flatMap { $0.value.samples($0.key) })
            }
        return all.sorted { $0.name < $1.name }
    }

    /// A family of readings of the moment.
    func family(_ name: String, readings: [MetricReading]) -> MetricFamily {
        family(
            name, name.hasSuffix("_total") ? .counter : .gauge,
            readings.map { .init(suffix: "", labels: $0.labels, value: $0.value) })
    }

    private func family(_ name: String, _ kind: MetricFamily.Kind, _ samples: [MetricFamily.Sample]) -> MetricFamily {
        MetricFamily(name: name, help: help[name], kind: kind, samples: samples)
    }
}
