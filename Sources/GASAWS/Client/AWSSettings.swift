import Foundation

/// How AWS is reached.
public struct AWSSettings: Sendable, Hashable {
    /// Such as `us-east-1`.
    public var region: String
    /// Origins to use in place of AWS's own, by signing name: `["s3": "http://127.0.0.1:8000"]`.
    public var endpoints: [String: String]
    /// Longest time until the answer to one request begins, in seconds, without the time that a request asks to wait.
    public var timeoutSeconds: Double
    /// How often a request that failed for the moment is repeated.
    public var retries: Int
    /// Longest pause before the first repetition, in seconds; it doubles each time. The pause is a random part of it.
    public var backoffSeconds: Double
    /// Longest pause of all, in seconds.
    public var maximumBackoffSeconds: Double

    /// States how.
    public init(
        region: String, endpoints: [String: String] = [:], timeoutSeconds: Double = 30, retries: Int = 4,
        backoffSeconds: Double = 0.2, maximumBackoffSeconds: Double = 10
    ) {
        self.region = region
        self.endpoints = endpoints
        self.timeoutSeconds = timeoutSeconds
        self.retries = retries
        self.backoffSeconds = backoffSeconds
        self.maximumBackoffSeconds = maximumBackoffSeconds
    }

    /// Seconds before a request is repeated: random, below a bound that doubles.
    /// - Parameter attempt: 1 for the first repetition.
    func pause(before attempt: Int) -> Double {
        let bound = backoffSeconds * Double(1 << min(attempt - 1, 20))
        return .random(in: 0...min(bound, maximumBackoffSeconds))
    }

    /// Where a service is: the endpoint that was set for it, or the region's.
    public func origin(of service: String) -> String {
        if let endpoint = endpoints[service] { return endpoint }
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        // The only service used here whose address is not its signing name.
        let host = service == "ses" ? "email" : service
        return "https://\(host).\(region).\(suffix)"
    }

    /// The first part of every name in the region: `aws`, and others for China and governments.
    var partition: String {
        if region.hasPrefix("cn-") { return "aws-cn" }
        return region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
    }

    /// Whether a service is not AWS's own.
    func isCustom(_ service: String) -> Bool { endpoints[service] != nil }
}
