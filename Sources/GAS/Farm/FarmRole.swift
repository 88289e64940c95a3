/// The kinds of processes of a farm, each of which grows and shrinks by itself.
public enum FarmRole: String, Sendable, Hashable, Codable, CaseIterable {
    /// Web servers, behind the load balancer.
    case web
    /// Annotators, fed by the queue of job requests.
    case annotator
    /// Everything else, in one process: notifier, archiver, restorer, thawer, sweeper.
    case utility
}
