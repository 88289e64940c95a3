import Foundation

/// Names one job. A random UUID in lower case, so that it sorts nowhere near its neighbours and cannot be guessed.
public struct JobID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The identifier as text.
    public let rawValue: String

    /// Wraps an identifier that is known already.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes a new random identifier.
    public init() {
        rawValue = UUID().uuidString.lowercased()
    }

    /// The identifier as text.
    public var description: String { rawValue }
}

/// Names one account: the identity provider's `sub`, or a random UUID for a local account.
public struct AccountID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The identifier as text.
    public let rawValue: String

    /// Wraps an identifier that is known already.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes a new random identifier.
    public init() {
        rawValue = UUID().uuidString.lowercased()
    }

    /// The identifier as text.
    public var description: String { rawValue }
}
