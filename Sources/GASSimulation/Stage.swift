import Foundation
import GAS
import Synchronization

/// Where simulated processes run, one at a time: each stops before every call of a port, and goes on when the director
/// says so. So a history depends on the director's choices alone, and any two processes can overtake each
/// other between any two of their effects.
final class Stage: Sendable {
    /// How a stopped process goes on.
    enum Cue {
        /// With what it was about to do.
        case goOn
        /// The call fails without an effect.
        case failBefore
        /// The call has its effect, and its answer is lost.
        case failAfter
        /// It is killed: this call and all later ones do nothing.
        case die
    }

    /// A process that stands before a call.
    struct Stop {
        let process: Int
        let point: String
    }

    /// What a killed process sees of the world.
    struct Death: Error {}

    private struct Waiting {
        let point: String
        let continuation: CheckedContinuation<Cue, Never>
    }

    private struct State {
        var waiting: [Int: Waiting] = [:]
        var dead: Set<Int> = []
        var director: CheckedContinuation<Void, Never>?
        /// Whether the process that was let go has stopped or ended already.
        var hasStopped = false
    }

    @TaskLocal private static var process: Int?

    private let state = Mutex(State())

    /// The processes that stand still, in the order of their numbers.
    var stops: [Stop] {
        state.withLock { state in
            state.waiting.sorted { $0.key < $1.key }.map { Stop(process: $0.key, point: $0.value.point) }
        }
    }

    /// Begins a process and waits until it stops for the first time or ends.
    /// - Parameter ended: called at the end unless the process was killed.
    func begin(_ number: Int, _ body: @escaping @Sendable () async -> Void) async {
        await turn {
            Task {
                await Stage.$process.withValue(number) { await body() }
                self.yield()
            }
        }
    }

    /// Lets a process go on, and waits until it stops again or ends.
    func cue(_ number: Int, _ cue: Cue) async {
        await turn {
            let waiting = self.state.withLock { state in
                if case .die = cue { state.dead.insert(number) }
                return state.waiting.removeValue(forKey: number)
            }
            waiting?.continuation.resume(returning: cue)
        }
    }

    /// Whether a process was killed.
    func isDead(_ number: Int) -> Bool { state.withLock { $0.dead.contains(number) } }

    /// Carries out a call of a port, stopping before it. Outside any process it is just carried out.
    func call<Value>(_ point: String, _ effect: () async throws -> Value) async throws -> Value {
        guard let process = Stage.process else { return try await effect() }
        guard !isDead(process) else { throw Death() }
        let cue = await withCheckedContinuation { continuation in
            state.withLock { $0.waiting[process] = Waiting(point: point, continuation: continuation) }
            yield()
        }
        let failure = GASError(.unavailable, "The simulation made this call fail.")
        switch cue {
        case .goOn:
            return try await effect()
        case .failBefore:
            throw failure
        case .failAfter:
            _ = try await effect()
            throw failure
        case .die:
            throw Death()
        }
    }

    /// Gives the stage to a process until it yields.
    private func turn(_ start: () -> Void) async {
        state.withLock { $0.hasStopped = false }
        start()
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.hasStopped { return true }
                state.director = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Gives the stage back to the director.
    private func yield() {
        let director = state.withLock { state in
            state.hasStopped = true
            defer { state.director = nil }
            return state.director
        }
        director?.resume()
    }
}
