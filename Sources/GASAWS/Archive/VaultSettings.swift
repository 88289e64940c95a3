/// How results are archived in a vault.
public struct VaultSettings: Sendable, Hashable {
    /// Files with more bytes go up in parts of this size: a power of two, from 1 MiB to 4 GiB.
    public var partBytes: Int
    /// Parts that are on their way at the same time.
    public var parallelParts: Int
    /// How long retrievals take.
    public var times: RetrievalTimes
    /// Seconds after which a new inventory is asked for. AWS takes stock of a vault about once a day, and keeps the list
    /// for a day.
    public var inventorySeconds: Double

    /// States how.
    public init(
        partBytes: Int = 64 << 20, parallelParts: Int = 4, times: RetrievalTimes = RetrievalTimes(),
        inventorySeconds: Double = 72_000
    ) {
        self.partBytes = partBytes
        self.parallelParts = parallelParts
        self.times = times
        self.inventorySeconds = inventorySeconds
    }
}
