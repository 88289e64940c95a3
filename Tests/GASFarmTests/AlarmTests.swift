import Foundation
import GAS
import GASFarm
import Testing

@Suite("Alarms")
struct AlarmTests {
    static let noon = Date(timeIntervalSince1970: 1_800_000_000)

    static func at(_ seconds: Double) -> Date { noon.addingTimeInterval(seconds) }

    private func alarm(
        _ metric: ScalingMetric = .webSuccesses, _ statistic: Statistic = .sum, period: Double = 60, times: Int = 1,
        _ comparison: Alarm.Comparison = .greater, _ threshold: Double = 200,
        missing: Alarm.MissingData = .missing
    ) -> Alarm {
        Alarm(
            metric: metric, statistic: statistic, periodSeconds: period, evaluationPeriods: times,
            comparison: comparison, threshold: threshold, missingData: missing)
    }

    @Test("A threshold is exceeded only above it")
    func thresholds() {
        var book = SampleBook()
        book.record(.webSuccesses, 200, at: Self.at(-30))
        #expect(alarm().reading(of: book, at: Self.noon).state == .ok)
        #expect(alarm(.webSuccesses, .sum, .greaterOrEqual).reading(of: book, at: Self.noon).state == .alarm)
        #expect(alarm(.webSuccesses, .sum, .less).reading(of: book, at: Self.noon).state == .ok)
        #expect(alarm(.webSuccesses, .sum, .lessOrEqual).reading(of: book, at: Self.noon).state == .alarm)
        book.record(.webSuccesses, 1, at: Self.at(-10))
        #expect(alarm().reading(of: book, at: Self.noon) == (.alarm, 201))
    }

    @Test("A period holds its end and not its beginning")
    func boundaries() {
        var book = SampleBook()
        book.record(.webSuccesses, 1000, at: Self.at(-60))
        #expect(alarm().reading(of: book, at: Self.noon).value == nil)
        book.record(.webSuccesses, 7, at: Self.at(-59.999))
        book.record(.webSuccesses, 5, at: Self.noon)
        book.record(.webSuccesses, 3, at: Self.at(0.001))
        #expect(alarm().reading(of: book, at: Self.noon).value == 12)
    }

    @Test("Every one of the periods must meet the condition")
    func periods() {
        var book = SampleBook()
        for period in [5.0, 4, 3, 2, 1] { book.record(.webUtilisation, 0.1, at: Self.at(-period * 60 + 30)) }
        let idle = alarm(.webUtilisation, .average, times: 5, .less, 0.3)
        #expect(idle.reading(of: book, at: Self.noon).state == .alarm)
        var busyOnce = SampleBook()
        for period in [5.0, 4, 3, 2, 1] {
            busyOnce.record(.webUtilisation, period == 3 ? 0.5 : 0.1, at: Self.at(-period * 60 + 30))
        }
        #expect(idle.reading(of: busyOnce, at: Self.noon) == (.ok, 0.1))
    }

    @Test(
        "A period without a sample counts as the alarm says",
        arguments: [
            (Alarm.MissingData.missing, AlarmState.insufficientData), (.breaching, .alarm), (.notBreaching, .ok),
        ])
    func missing(_ rule: Alarm.MissingData, _ state: AlarmState) {
        var book = SampleBook()
        #expect(alarm(times: 2, missing: rule).reading(of: book, at: Self.noon) == (state, nil))
        book.record(.webSuccesses, 500, at: Self.at(-20))
        #expect(alarm(times: 2, missing: rule).reading(of: book, at: Self.noon) == (state, 500))
    }

    @Test("Statistics weigh samples by their count")
    func statistics() {
        var book = SampleBook()
        book.record(.webResponseTime, Sample(time: Self.at(-5), value: 10, count: 94))
        book.record(.webResponseTime, Sample(time: Self.at(-4), value: 100, count: 1))
        book.record(.webResponseTime, Sample(time: Self.at(-3), value: 1000, count: 5))
        let samples = book.samples(of: .webResponseTime, after: Self.at(-60), through: Self.noon)
        #expect(Statistic.sum.value(of: samples) == 6040)
        #expect(Statistic.average.value(of: samples) == 60.4)
        #expect(Statistic.sampleCount.value(of: samples) == 100)
        #expect(Statistic.minimum.value(of: samples) == 10)
        #expect(Statistic.maximum.value(of: samples) == 1000)
        #expect(Statistic.p50.value(of: samples) == 10)
        #expect(Statistic.p90.value(of: samples) == 10)
        #expect(Statistic.p95.value(of: samples) == 100)
        #expect(Statistic.p99.value(of: samples) == 1000)
        #expect(Statistic.average.value(of: []) == nil)
    }

    @Test("What is forgotten no longer counts, and nothing else is")
    func forgetting() {
        var book = SampleBook()
        for second in 0..<120 { book.record(.webSuccesses, 1, at: Self.at(Double(second))) }
        book.forget(through: Self.at(59))
        #expect(book.samples(of: .webSuccesses, after: Self.at(-1000), through: Self.at(1000)).count == 60)
        #expect(alarm().reading(of: book, at: Self.at(119)).value == 60)
    }
}
