import Foundation

/// Something that happened to a farm.
public struct FarmEvent: Sendable, Hashable, Codable {
    /// The kinds of events.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A group should be larger from now on.
        case scaledOut = "scaled-out"
        /// A group should be smaller from now on.
        case scaledIn = "scaled-in"
        /// An instance began to work.
        case began
        /// An instance ended that was asked to.
        case ended
        /// An instance ended that was not asked to, or did not become ready.
        case failed
    }

    /// When.
    public var time: Date
    /// What kind.
    public var kind: Kind
    /// Of which group.
    public var role: FarmRole
    /// What and why, in a sentence of ours.
    public var text: String

    /// States it.
    public init(time: Date, kind: Kind, role: FarmRole, text: String) {
        self.time = time
        self.kind = kind
        self.role = role
        self.text = text
    }
}
