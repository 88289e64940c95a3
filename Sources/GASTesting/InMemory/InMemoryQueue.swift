import Foundation
import GAS
import Synchronization

/// A queue in memory. Of the messages that are due, those that were due first are received first.
public final class InMemoryQueue: Queue {
    private struct Entry {
        let number: Int
        let messageID: String
        let body: Data
        let sent: Date
        var due: Date
        var receiveCount = 0
        var isHeld = false

        var receipt: Delivery.Receipt { Delivery.Receipt(rawValue: "\(number).\(receiveCount)") }
    }

    private struct State {
        var lastNumber = 0
        var entries: [Entry] = []
    }

    /// The name, for logs.
    public let name: String
    private let clock: any WallClock
    private let delay: Double
    private let maximumReceives: Int
    private let deadLetters: InMemoryQueue?
    private let faults: FaultInjector
    private let state = Mutex(State())
    private let bell = Bell()

    /// Makes an empty queue.
    /// - Parameters:
    ///   - delay: seconds that a published message waits before it may be received.
    ///   - maximumReceives: a message that was received so often is moved instead of being received once more.
    ///   - deadLetters: where it is moved to; without it messages are received again and again.
    ///   - faults: passes `Queue.receive`, `.delete`, `.hide` (giving back, too), `.depth`.
    public init(
        name: String,
        clock: any WallClock,
        delay: Double = 0,
        maximumReceives: Int = .max,
        deadLetters: InMemoryQueue? = nil,
        faults: FaultInjector = FaultInjector()
    ) {
        self.name = name
        self.clock = clock
        self.delay = delay
        self.maximumReceives = maximumReceives
        self.deadLetters = deadLetters
        self.faults = faults
    }

    /// Takes what is due, or waits by the clock.
    public func receive(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery] {
        try faults.pass("Queue.receive")
        let deliveries = try await waitAndTake(limit: limit, visibility: visibility, wait: wait)
        try faults.pass("Queue.receive.done")
        return deliveries
    }

    /// Forgets the message if it was not delivered again.
    public func delete(_ receipt: Delivery.Receipt) async throws {
        try faults.around("Queue.delete") {
            state.withLock { state in state.entries.removeAll { $0.receipt == receipt } }
        }
    }

    /// Changes when the message is due, if it was not delivered again.
    public func hide(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        try change(receipt, isHeld: true, seconds: seconds)
    }

    /// As `hide`, and the message counts as waiting from now on.
    public func putBack(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        try change(receipt, isHeld: false, seconds: seconds)
    }

    private func change(_ receipt: Delivery.Receipt, isHeld: Bool, seconds: Double) throws {
        try faults.around("Queue.hide") {
            let due = clock.now.addingTimeInterval(seconds)
            state.withLock { state in
                guard let index = state.entries.firstIndex(where: { $0.receipt == receipt }) else { return }
                state.entries[index].due = due
                state.entries[index].isHeld = isHeld
            }
            bell.ring()
        }
    }

    /// Counts what is there.
    public func depth() async throws -> QueueDepth {
        try faults.around("Queue.depth") {
            let now = clock.now
            let entries = state.withLock { $0.entries }
            return QueueDepth(
                visible: entries.count { $0.due <= now },
                inFlight: entries.count { $0.due > now && $0.isHeld },
                delayed: entries.count { $0.due > now && !$0.isHeld },
                oldest: entries.map(\.sent).min()
            )
        }
    }

    /// Puts a message in.
    func add(_ messageID: String, _ body: Data) {
        let now = clock.now
        insert(messageID, body, sent: now, due: now.addingTimeInterval(delay))
    }

    private func insert(_ messageID: String, _ body: Data, sent: Date, due: Date) {
        state.withLock { state in
            state.lastNumber += 1
            state.entries.append(
                Entry(number: state.lastNumber, messageID: messageID, body: body, sent: sent, due: due)
            )
        }
        bell.ring()
    }

    private func waitAndTake(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery] {
        let deadline = clock.now.addingTimeInterval(wait)
        while true {
            let rings = bell.rings
            let taken = take(limit: limit, visibility: visibility)
            guard taken.isEmpty, clock.now < deadline else { return taken }
            let due = state.withLock { $0.entries.map(\.due).min() }
            try await bell.wait(past: rings, until: min(deadline, due ?? deadline), by: clock)
        }
    }

    private func take(limit: Int, visibility: Double) -> [Delivery] {
        let now = clock.now
        moveDeadLetters(now: now)
        return state.withLock { state in
            let due = state.entries.indices.filter { state.entries[$0].due <= now }
                .sorted { state.entries[$0].due < state.entries[$1].due }
            return due.prefix(limit).map { index in
                state.entries[index].due = now.addingTimeInterval(visibility)
                state.entries[index].receiveCount += 1
                state.entries[index].isHeld = true
                let entry = state.entries[index]
                return Delivery(
                    messageID: entry.messageID,
                    body: entry.body,
                    receiveCount: entry.receiveCount,
                    sent: entry.sent,
                    receipt: entry.receipt
                )
            }
        }
    }

    private func moveDeadLetters(now: Date) {
        guard let deadLetters else { return }
        let isDead = { [maximumReceives] (entry: Entry) in entry.due <= now && entry.receiveCount >= maximumReceives }
        let dead = state.withLock { state in
            defer { state.entries.removeAll(where: isDead) }
            return state.entries.filter(isDead)
        }
        for entry in dead { deadLetters.insert(entry.messageID, entry.body, sent: entry.sent, due: now) }
    }
}
