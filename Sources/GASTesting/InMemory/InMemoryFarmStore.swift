import GAS
import Synchronization

/// The state of a farm in memory.
public final class InMemoryFarmStore: FarmStore {
    private let kept = Mutex(FarmState?.none)

    /// Makes a store of no farm.
    public init() {}

    /// What was written last.
    public func state() async throws -> FarmState? { kept.withLock { $0 } }

    /// Keeps it.
    public func write(_ state: FarmState) async throws { kept.withLock { $0 = state } }
}
