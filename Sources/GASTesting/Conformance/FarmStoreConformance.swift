import Foundation
import GAS
import Testing

/// The rules of `FarmStore`. They run on a store that holds nothing yet.
public enum FarmStoreConformance: String, ConformanceRule {
    case empty = "where there has never been a farm there is no state"
    case readBack = "a state that was written is read back whole"
    case replaced = "a state replaces the one before"
    case whole = "a reader sees a whole state, whatever is being written"

    /// Runs the rule.
    public func check(_ store: any FarmStore) async throws {
        switch self {
        case .empty: #expect(try await store.state() == nil)
        case .readBack:
            let state = FarmSamples.state(7)
            try await store.write(state)
            #expect(try await store.state() == state)
        case .replaced:
            try await store.write(FarmSamples.state(1))
            try await store.write(FarmSamples.state(2))
            #expect(try await store.state() == FarmSamples.state(2))
        case .whole:
            try await store.write(FarmSamples.state(0))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for index in 1...50 { try await store.write(FarmSamples.state(index)) } }
                group.addTask {
                    for _ in 0..<50 {
                        let state = try #require(try await store.state())
                        #expect(state == FarmSamples.state(state.history.count))
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

/// Farms as tests need them.
public enum FarmSamples {
    /// A farm with so many measurements.
    public static func state(_ measurements: Int) -> FarmState {
        let start = Date(timeIntervalSince1970: 1_767_225_600)
        return FarmState(
            time: start.addingTimeInterval(60), started: start, process: ProcessMark(id: 4000, ticks: 123_456),
            balancer: ProcessMark(id: 4001, ticks: 123_457), policies: "original",
            address: "https://gas.example.org",
            groups: [
                .init(role: .web, minimum: 2, maximum: 10, desired: 3),
                .init(role: .annotator, minimum: 2, maximum: 10, desired: 2),
                .init(role: .utility, minimum: 1, maximum: 1, desired: 1),
            ],
            instances: [
                FarmInstance(
                    name: "web-1", role: .web, phase: .serving, process: ProcessMark(id: 4002, ticks: 123_458),
                    port: 4501, started: start),
                FarmInstance(
                    name: "annotator-2", role: .annotator, phase: .starting, process: nil, port: nil, started: start),
            ],
            alarms: [
                AlarmReading(
                    policy: "web-out", role: .web, adjustment: 1,
                    condition: "successful responses (Sum of 60 s) > 200", state: .alarm, value: 240),
                AlarmReading(
                    policy: "web-in", role: .web, adjustment: -1,
                    condition: "response time in ms (Average of 60 s) < 10", state: .insufficientData, value: nil),
            ],
            events: [
                FarmEvent(time: start, kind: .began, role: .web, text: "web-1 is at work"),
                FarmEvent(
                    time: start.addingTimeInterval(50), kind: .scaledOut, role: .web,
                    text: "2 to 3: web-out, successful responses (Sum of 60 s) > 200: 240"),
            ],
            history: (0..<measurements).map { index in
                FarmMeasurement(
                    time: start.addingTimeInterval(Double(index) * 10), seconds: 10,
                    serving: ["web": 2, "annotator": 2, "utility": 1], requests: 40 + index, successes: 39 + index,
                    failures: index % 2, meanMilliseconds: index == 0 ? nil : 4.5, p95Milliseconds: 12.25,
                    utilisation: 0.125, messagesSent: index, waiting: index * 2, inHand: 1, oldestSeconds: 3.5)
            })
    }
}
