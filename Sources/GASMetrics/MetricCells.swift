import CoreMetrics
import Synchronization

/// A number that only grows.
final class CounterCell: CounterHandler {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) { count.wrappingAdd(Int(amount), ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}

/// A number that comes and goes.
final class GaugeCell: RecorderHandler {
    private let last = Mutex(0.0)

    var value: Double { last.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { last.withLock { $0 = value } }
}

/// How often values fell below each of some bounds.
final class HistogramCell: RecorderHandler, TimerHandler {
    private struct State {
        var counts = [Int](repeating: 0, count: MetricRegistry.bounds.count + 1)
        var sum = 0.0
    }

    private let state = Mutex(State())

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = MetricRegistry.bounds.firstIndex { value <= $0 } ?? MetricRegistry.bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    /// The lines of a histogram: each bucket holds those below it, too.
    func samples(_ labels: [MetricLabel]) -> [MetricFamily.Sample] {
        let state = state.withLock { $0 }
        let bounds = MetricRegistry.bounds.map { MetricFamily.number($0) } + ["+Inf"]
        var (total, samples) = (0, [MetricFamily.Sample]())
        for (bound, count) in zip(bounds, state.counts) {
            total += count
            samples.append(
                .init(suffix: "_bucket", labels: labels + [MetricLabel("le", bound)], value: Double(total)))
        }
        return samples + [
            .init(suffix: "_sum", labels: labels, value: state.sum),
            .init(suffix: "_count", labels: labels, value: Double(total)),
        ]
    }
}
