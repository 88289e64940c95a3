import Foundation
import GAS
import Logging

extension Farm {
    /// Measures, looks at the alarms, and decides.
    func look(now: Date) async {
        nextLook = now.addingTimeInterval(evaluator.policies.evaluationSeconds)
        let measurement = await measure(now: now)
        lastLook = now
        remember(measurement)
        let verdict = evaluator.verdict(book, sizes: sizes, activities: activities, at: now)
        activities = verdict.activities
        state.alarms = verdict.readings
        for decision in verdict.decisions {
            sizes[decision.role] = decision.to
            note(
                decision.to > decision.from ? .scaledOut : .scaledIn, decision.role,
                "\(decision.from) to \(decision.to): \(decision.policy.map { $0 + ", " } ?? "")\(decision.reason)")
        }
        book.forget(through: now.addingTimeInterval(-evaluator.policies.horizon))
    }

    private func measure(now: Date) async -> FarmMeasurement {
        let counts = parts.balancerProcess.requests.take()
        let seconds = max(0.001, now.timeIntervalSince(lastLook))
        book.record(.webSuccesses, Double(counts.successes), at: now)
        for sample in counts.times.samples(at: now) { book.record(.webResponseTime, sample) }
        let utilisation = utilisation(seconds)
        if let utilisation { book.record(.webUtilisation, utilisation, at: now) }
        var (sent, depth) = (0, QueueDepth(visible: 0, inFlight: 0, delayed: 0, oldest: nil))
        var oldest = 0.0
        do {
            var count = submissions
            let submitted = try await count.next(now: now)
            submissions = count
            if let submitted {
                sent = submitted
                book.record(.messagesSent, Double(sent), at: now)
            }
            depth = try await parts.queue.depth()
            // While nothing waits, the oldest is one that is being worked on.
            if depth.visible > 0, let first = depth.oldest { oldest = max(0, now.timeIntervalSince(first)) }
            let annotators = max(1, serving(.annotator))
            book.record(.backlogPerInstance, Double(depth.visible + depth.inFlight) / Double(annotators), at: now)
            book.record(.oldestMessageAge, oldest, at: now)
        } catch {
            logger.warning("The queue does not tell how much waits.", metadata: ["error": "\(error)"])
        }
        return FarmMeasurement(
            time: now, seconds: seconds,
            serving: Dictionary(uniqueKeysWithValues: FarmRole.allCases.map { ($0.rawValue, serving($0)) }),
            requests: counts.requests, successes: counts.successes, failures: counts.failures,
            meanMilliseconds: counts.times.mean, p95Milliseconds: counts.times.percentile(0.95),
            utilisation: utilisation, messagesSent: sent, waiting: depth.visible, inHand: depth.inFlight,
            oldestSeconds: oldest)
    }

    /// Processor time of the web servers that were there both at the last look and now, for each of them and second.
    private func utilisation(_ seconds: Double) -> Double? {
        var used: [Double] = []
        for index in members.indices where members[index].instance.role == .web {
            let before = members[index].processorSeconds
            let after = members[index].instance.process.flatMap { parts.launcher.processorSeconds(of: $0.id) }
            members[index].processorSeconds = after
            if let before, let after { used.append(max(0, after - before) / seconds) }
        }
        return used.isEmpty ? nil : used.reduce(0, +) / Double(used.count)
    }

    private func serving(_ role: FarmRole) -> Int {
        members.count { $0.instance.role == role && ($0.instance.phase == .serving || $0.instance.phase == .draining) }
    }

    private func remember(_ measurement: FarmMeasurement) {
        state.history.append(measurement)
        let start = measurement.time.addingTimeInterval(-settings.historySeconds)
        state.history.removeAll { $0.time < start }
    }

    /// Notes what has happened, in the log and for those who look at the farm.
    func note(_ kind: FarmEvent.Kind, _ role: FarmRole, _ text: String) {
        logger.notice("\(text)", metadata: ["event": "\(kind.rawValue)", "role": "\(role.rawValue)"])
        state.events.append(FarmEvent(time: clock.now, kind: kind, role: role, text: text))
        if state.events.count > settings.events { state.events.removeFirst(state.events.count - settings.events) }
    }

    /// Writes the state when it has changed, or is a look old.
    func report() async {
        var fresh = state
        fresh.instances = members.map(\.instance)
        fresh.groups = evaluator.policies.groups.map {
            FarmState.Group(
                role: $0.role, minimum: $0.minimum, maximum: $0.maximum, desired: isEnding ? 0 : sizes[$0.role] ?? 0)
        }
        let age = clock.now.timeIntervalSince(state.time)
        fresh.time = state.started
        guard fresh != written || age >= evaluator.policies.evaluationSeconds else { return }
        written = fresh
        fresh.time = clock.now
        state = fresh
        do {
            try await parts.store.write(fresh)
        } catch {
            logger.error("The state of the farm cannot be written.", metadata: ["error": "\(error)"])
        }
    }
}
