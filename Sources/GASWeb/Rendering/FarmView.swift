import Foundation
import GAS

/// A farm as a page shows it. Charts are drawn from the table of measurements, so each number is stated once.
struct FarmView {
    struct Group {
        let role: String
        let serving: String
        let desired: String
        let bounds: String
    }

    struct Instance {
        let name: String
        let phase: String
        let isServing: Bool
        let process: String
        let port: String
        let started: Moment
    }

    struct Alarm {
        let policy: String
        let change: String
        let condition: String
        let value: String
        let state: String
        let isOn: Bool
    }

    struct Event {
        let time: Moment
        let kind: String
        let text: String
        let isBad: Bool
    }

    /// A farm that has said nothing for so long is not running, in seconds.
    private static let silence = 60.0

    let address: String
    let policies: String
    let seen: Moment
    let isSilent: Bool
    let figures: [SummaryView.Figure]
    let groups: [Group]
    let instances: [Instance]
    let alarms: [Alarm]
    let events: [Event]
    let rows: [FarmHistoryRow]

    init(_ state: FarmState, now: Date) {
        address = state.address
        policies = state.policies
        seen = Moment(state.time)
        isSilent = now.timeIntervalSince(state.time) > Self.silence
        figures = state.history.last.map(Self.figures) ?? []
        groups = state.groups.map { group in
            Group(
                role: Self.name(group.role),
                serving: Wording.count(state.instances.count { $0.role == group.role && $0.phase == .serving }),
                desired: Wording.count(group.desired), bounds: "\(group.minimum) to \(group.maximum)")
        }
        instances = state.instances.map { instance in
            Instance(
                name: instance.name, phase: Self.words(instance.phase), isServing: instance.phase == .serving,
                process: instance.process.map { "\($0.id)" } ?? "–", port: instance.port.map { "\($0)" } ?? "–",
                started: Moment(instance.started))
        }
        alarms = state.alarms.map { alarm in
            Alarm(
                policy: alarm.policy,
                change: alarm.adjustment > 0 ? "+\(alarm.adjustment)" : "−\(-alarm.adjustment)",
                condition: alarm.condition, value: alarm.value.map(Self.number) ?? "–",
                state: Self.words(alarm.state), isOn: alarm.state == .alarm)
        }
        events = state.events.reversed().map { event in
            Event(
                time: Moment(event.time), kind: Self.words(event.kind), text: event.text, isBad: event.kind == .failed)
        }
        rows = FarmHistoryRow.rows(state.history)
    }

    private static func figures(_ last: FarmMeasurement) -> [SummaryView.Figure] {
        [
            .init(
                label: "Requests a second", value: number(Double(last.requests) / max(0.001, last.seconds)),
                note: last.failures == 0 ? "none failed" : "\(Wording.count(last.failures)) failed"),
            .init(
                label: "Response time", value: last.meanMilliseconds.map { number($0) + " ms" } ?? "–",
                note: last.p95Milliseconds.map { "95 % within \(number($0)) ms" } ?? "no requests"),
            .init(
                label: "Job requests waiting", value: Wording.count(last.waiting),
                note: "\(Wording.count(last.inHand)) in hand"),
            .init(
                label: "Oldest waits", value: Wording.duration(last.oldestSeconds),
                note: "\(Wording.count(last.messagesSent)) sent in \(number(last.seconds)) s"),
        ]
    }

    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e9
            ? Wording.count(Int(value)) : Wording.decimal(value, digits: abs(value) < 10 ? 2 : 1)
    }

    private static func name(_ role: FarmRole) -> String {
        switch role {
        case .web: "Web servers"
        case .annotator: "Annotators"
        case .utility: "Everything else"
        }
    }

    private static func words(_ phase: FarmInstance.Phase) -> String {
        switch phase {
        case .starting: "starting"
        case .serving: "at work"
        case .draining: "finishing its requests"
        case .stopping: "asked to end"
        }
    }

    private static func words(_ state: AlarmState) -> String {
        switch state {
        case .ok: "quiet"
        case .alarm: "on"
        case .insufficientData: "nothing measured"
        }
    }

    private static func words(_ kind: FarmEvent.Kind) -> String {
        switch kind {
        case .scaledOut: "Larger"
        case .scaledIn: "Smaller"
        case .began: "Began"
        case .ended: "Ended"
        case .failed: "Failed"
        }
    }
}
