import Foundation

/// One call of a Lambda function.
public struct LambdaInvocation: Sendable {
    /// AWS's name for it.
    public let requestID: String
    /// The event, in JSON.
    public let event: Data
    /// When AWS stops waiting, and the process.
    public let deadline: Date
}
