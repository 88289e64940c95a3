import Foundation

/// What AWS knows a caller by. Its description shows the identifier alone, never the secrets.
public struct AWSCredentials: Sendable, Hashable {
    /// Names the key; no secret.
    public let accessKeyID: String
    let secretAccessKey: String
    /// Goes with temporary credentials.
    let sessionToken: String?
    /// When they end; `nil` for never.
    public let expires: Date?

    /// Makes credentials.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expires: Date? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        // An empty variable is none.
        self.sessionToken = sessionToken.flatMap { $0.isEmpty ? nil : $0 }
        self.expires = expires
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The identifier of the key.
    public var description: String { "AWS credentials \(accessKeyID)" }
    /// The identifier of the key.
    public var debugDescription: String { description }
    /// Without the secrets.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
