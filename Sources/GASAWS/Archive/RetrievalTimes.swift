import Foundation
import GAS

/// How long retrievals take, as AWS says, at the longest:
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html.
public struct RetrievalTimes: Sendable, Hashable {
    /// Seconds in each tier.
    public var seconds: [RetrievalTier: Double]

    /// 5 minutes, 5 hours and 12 hours, if nothing else is said.
    public init(_ seconds: [RetrievalTier: Double] = [.expedited: 300, .standard: 18_000, .bulk: 43_200]) {
        self.seconds = seconds
    }

    /// When a retrieval that begins now should have ended.
    func end(of tier: RetrievalTier, from now: Date) -> Date { now.addingTimeInterval(seconds[tier] ?? 0) }
}
