import GAS
import Synchronization

/// Makes chosen calls fail.
///
/// The in-memory ports pass two points on each call: one named after the call, such as `JobStore.update`, before it
/// does anything, and one with `.done` behind it when it has taken effect and only its answer can be lost. A test
/// arms points, and counts how often they were passed.
public final class FaultInjector: Sendable {
    private struct Fault {
        var skipping: Int
        var times: Int
        let error: any Error & Sendable
    }

    private struct State {
        var faults: [String: Fault] = [:]
        var passes: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// Makes an injector with nothing armed.
    public init() {}

    /// Makes a point throw.
    /// - Parameters:
    ///   - skipping: how many passes go well first.
    ///   - times: how many passes fail then.
    ///   - error: what is thrown.
    public func arm(
        _ point: String,
        skipping: Int = 0,
        times: Int = 1,
        error: any Error & Sendable = GASError(.unavailable, "A test made this call fail.")
    ) {
        state.withLock { $0.faults[point] = Fault(skipping: skipping, times: times, error: error) }
    }

    /// Lets a point work again.
    public func disarm(_ point: String) {
        state.withLock { $0.faults[point] = nil }
    }

    /// How often a point was passed, well or not.
    public func passes(_ point: String) -> Int {
        state.withLock { $0.passes[point, default: 0] }
    }

    /// Passes a point.
    /// - Throws: what the point is armed with.
    public func pass(_ point: String) throws {
        let error: (any Error & Sendable)? = state.withLock { state in
            state.passes[point, default: 0] += 1
            guard var fault = state.faults[point] else { return nil }
            defer { state.faults[point] = fault.times > 0 ? fault : nil }
            if fault.skipping > 0 {
                fault.skipping -= 1
                return nil
            }
            fault.times -= 1
            return fault.error
        }
        if let error { throw error }
    }

    /// Passes the two points around the effect of a call.
    func around<Value>(_ point: String, _ effect: () throws -> Value) throws -> Value {
        try pass(point)
        let value = try effect()
        try pass("\(point).done")
        return value
    }
}
