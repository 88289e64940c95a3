import Foundation
import GAS
import Synchronization

/// All topics and queues of the simulated service.
final class Post: Sendable {
    /// The queues that have workers.
    enum Address: String, CaseIterable {
        case annotate, notify, archive, restore, thaw
    }

    /// One message in one queue.
    struct Letter {
        let id: Int
        let address: Address
        let body: Data
        let sent: Date
        var due: Date
        var receiveCount = 0
    }

    private struct State {
        var random: SeededRandom
        var weather = Weather.calm
        var lastID = 0
        var letters: [Letter] = []
    }

    /// Who is subscribed to what.
    static let subscriptions: [String: [Address]] = [
        "job_requests": [.annotate],
        "job_results": [.notify, .archive],
        "archive_requests": [.archive],
        "restore_requests": [.restore],
        "thaw": [.thaw],
        "result_notices": [.notify],
    ]

    private let clock: any WallClock
    private let state: Mutex<State>

    init(clock: any WallClock, seed: UInt64) {
        self.clock = clock
        state = Mutex(State(random: SeededRandom(seed: seed)))
    }

    /// Changes the weather.
    func set(_ weather: Weather) { state.withLock { $0.weather = weather } }

    /// Takes what was published.
    func take(_ body: Data, for topic: String) {
        let now = clock.now
        state.withLock { state in
            for address in Post.subscriptions[topic] ?? [] {
                guard !state.random.chance(state.weather.loss) else { continue }
                for _ in 0..<(state.random.chance(state.weather.repetition) ? 2 : 1) {
                    let isLate = state.random.chance(state.weather.delay)
                    let delay = isLate ? Double.random(in: 0...400, using: &state.random) : 0
                    state.lastID += 1
                    state.letters.append(
                        Letter(id: state.lastID, address: address, body: body, sent: now, due: now + delay))
                }
            }
        }
    }

    /// The letters that may be delivered now.
    var due: [Letter] {
        let now = clock.now
        return state.withLock { $0.letters.filter { $0.due <= now } }
    }

    /// When the next letter may be delivered; `nil` when there is none.
    var nextDue: Date? { state.withLock { $0.letters.map(\.due).min() } }

    /// Delivers a letter, and hides it for a while.
    func deliver(_ letter: Letter, visibility: Double) -> Delivery {
        let due = clock.now + visibility
        let count = state.withLock { state in
            guard let index = state.letters.firstIndex(where: { $0.id == letter.id }) else { return 0 }
            state.letters[index].due = due
            state.letters[index].receiveCount += 1
            return state.letters[index].receiveCount
        }
        return Delivery(
            messageID: "\(letter.id)", body: letter.body, receiveCount: count, sent: letter.sent,
            receipt: .init(rawValue: "\(letter.id).\(count)"))
    }

    /// Removes a letter if it was not delivered again.
    func remove(_ id: Int, delivery count: Int) {
        state.withLock { $0.letters.removeAll { $0.id == id && $0.receiveCount == count } }
    }

    /// Changes when a letter may be delivered, if it was not delivered again.
    func hide(_ id: Int, delivery count: Int, until due: Date) {
        state.withLock { state in
            guard let index = state.letters.firstIndex(where: { $0.id == id && $0.receiveCount == count }) else {
                return
            }
            state.letters[index].due = due
        }
    }
}
