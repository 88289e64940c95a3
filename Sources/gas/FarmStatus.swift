import ArgumentParser
import Foundation
import GAS

/// `gas farm status`: what the farm is like now.
struct FarmStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the farm's processes, measurements, alarms and latest decisions.")

    @Flag(help: "Everything as JSON, the measurements of the last hours included.")
    var json = false

    @Option(help: "How many of the latest events are shown.")
    var events = 10

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let state = try await FarmCommand.state(options)
        if json {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(state), as: UTF8.self))
            return
        }
        print(lines(state).joined(separator: "\n"))
    }

    private func lines(_ state: FarmState) -> [String] {
        var lines = [
            "\(state.address), policies '\(state.policies)', "
                + (FarmCommand.isRunning(state)
                    ? "since \(Self.time(state.started)), seen \(Self.time(state.time))"
                    : "not running; last seen \(Self.time(state.time))")
        ]
        lines.append(
            "load balancer: "
                + (state.balancer.map { FarmCommand.isAlive($0) ? "process \($0.id)" : "gone" } ?? "not running"))
        for group in state.groups {
            let members = state.instances.filter { $0.role == group.role }
            lines.append(
                "\(group.role.rawValue): \(members.count { $0.phase == .serving }) at work, \(group.desired) wanted "
                    + "(\(group.minimum) to \(group.maximum))")
            for member in members {
                let place = member.port.map { ", port \($0)" } ?? ""
                let process = member.process.map { "process \($0.id)" } ?? "no process yet"
                lines.append("  \(member.name)  \(member.phase.rawValue), \(process)\(place)")
            }
        }
        if let last = state.history.last { lines += Self.lines(last) }
        for alarm in state.alarms {
            let change = alarm.adjustment > 0 ? "+\(alarm.adjustment)" : "\(alarm.adjustment)"
            lines.append(
                "alarm \(alarm.policy) (\(change)): \(alarm.state.rawValue), \(alarm.condition), now "
                    + (alarm.value.map(Self.number) ?? "nothing measured"))
        }
        return lines
            + state.events.suffix(max(0, events)).map { "\(Self.time($0.time))  \($0.kind.rawValue)  \($0.text)" }
    }

    private static func lines(_ last: FarmMeasurement) -> [String] {
        let p95 = last.p95Milliseconds.map { "\(number($0)) ms" } ?? "–"
        return [
            "requests: \(number(Double(last.requests) / last.seconds)) a second, 95 % within \(p95), "
                + "\(last.failures) failed",
            "jobs: \(last.messagesSent) sent in \(number(last.seconds)) s, \(last.waiting) waiting (oldest "
                + "\(number(last.oldestSeconds)) s), \(last.inHand) in hand",
        ]
    }

    private static func time(_ date: Date) -> String { date.formatted(.iso8601) }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : String(format: "%.2f", value)
    }
}
