/// Keeps the state of the farm where other processes can read it.
public protocol FarmStore: Sendable {
    /// The state as it was written last, or `nil` when there has never been a farm.
    func state() async throws -> FarmState?

    /// Replaces the state. A reader sees the old or the new one, nothing between.
    func write(_ state: FarmState) async throws
}
