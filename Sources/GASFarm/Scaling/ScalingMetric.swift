import GAS

/// What is measured of a farm to decide how large it should be. Raw values are the names in policy files.
public enum ScalingMetric: String, Sendable, Hashable, Codable, CaseIterable {
    /// Responses with a status of 200 to 299, counted at the load balancer (at AWS: `HTTPCode_Target_2XX_Count`).
    case webSuccesses = "web.responses-2xx"
    /// Milliseconds until the first byte of a web server's response (at AWS: `TargetResponseTime`, in seconds).
    case webResponseTime = "web.response-milliseconds"
    /// Share of one processor core that a web server keeps busy, the mean of all (at AWS: `CPUUtilization`, in percent).
    case webUtilisation = "web.utilisation"
    /// Job requests that were sent (at AWS: `NumberOfMessagesSent`).
    case messagesSent = "annotator.messages-sent"
    /// Job requests that wait or are in hand, for each annotator (at AWS: a formula of
    /// `ApproximateNumberOfMessagesVisible`, `ApproximateNumberOfMessagesNotVisible` and the group's size).
    case backlogPerInstance = "annotator.backlog-per-instance"
    /// Seconds that the oldest job request has waited; 0 when none waits (at AWS: `ApproximateAgeOfOldestMessage`).
    case oldestMessageAge = "annotator.oldest-message-seconds"

    /// Whose size it says something about.
    public var role: FarmRole {
        switch self {
        case .webSuccesses, .webResponseTime, .webUtilisation: .web
        case .messagesSent, .backlogPerInstance, .oldestMessageAge: .annotator
        }
    }

    /// In words, for pages and logs.
    public var words: String {
        switch self {
        case .webSuccesses: "successful responses"
        case .webResponseTime: "response time in ms"
        case .webUtilisation: "use of a processor core"
        case .messagesSent: "job requests sent"
        case .backlogPerInstance: "job requests for each annotator"
        case .oldestMessageAge: "age of the oldest job request in s"
        }
    }
}
