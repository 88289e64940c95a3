import GAS

/// How the archive on this machine behaves. Its rules are Glacier's: what is wanted back must be asked for, is there
/// later, for a while, and sooner only while there is capacity.
public struct FolderArchiveSettings: Sendable, Hashable {
    /// Seconds that a retrieval takes in each tier; 0 for one that is not named.
    public var delays: [RetrievalTier: Double]
    /// Seconds for which what was retrieved can be read.
    public var keepSeconds: Double
    /// Share of Expedited retrievals that are refused by chance, 0 to 1.
    public var expeditedRefusalShare: Double
    /// At most so many Expedited retrievals begin within `expeditedPeriod`; `nil` for any number.
    public var expeditedCapacity: Int?
    /// Seconds.
    public var expeditedPeriod: Double

    /// States how it behaves.
    public init(
        delays: [RetrievalTier: Double], keepSeconds: Double, expeditedRefusalShare: Double = 0,
        expeditedCapacity: Int? = nil, expeditedPeriod: Double = 300
    ) {
        self.delays = delays
        self.keepSeconds = keepSeconds
        self.expeditedRefusalShare = expeditedRefusalShare
        self.expeditedCapacity = expeditedCapacity
        self.expeditedPeriod = expeditedPeriod
    }
}
