/// What went wrong, in a form that both programs and people can use.
///
/// One error type serves the whole service: `code` decides what a program does (an HTTP status, a retry), `message` is
/// one sentence that may be shown to whoever asked, and `cause` is for the log alone: it may name files, hosts or
/// statements and is never shown.
public struct GASError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure that callers tell apart.
    public enum Code: String, Sendable, CaseIterable {
        /// The request or its data break a rule; repeating it will not help.
        case invalid
        /// Nobody is signed in, or the credentials are wrong.
        case unauthenticated
        /// Signed in, but not allowed.
        case forbidden
        /// The thing does not exist (or the caller may not know that it does).
        case notFound
        /// It exists already, or somebody else changed it first.
        case conflict
        /// Over a limit of the plan or of the service.
        case tooLarge
        /// Too many requests; try again later.
        case throttled
        /// Stored bytes are not the bytes that were written.
        case corrupted
        /// A dependency does not answer now; repeating may help.
        case unavailable
        /// A fault of ours.
        case `internal`
    }

    /// What kind of failure this is.
    public let code: Code
    /// One sentence for a person: what, where, and what to do.
    public let message: String
    /// The underlying failure, for those who know its kind.
    public let underlying: (any Error)?

    /// The underlying failure, for the log and the operator's terminal only.
    public var cause: String? { underlying.map { String(describing: $0) } }

    /// Makes an error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        underlying = cause
    }

    /// Code, message and cause, for logs.
    public var description: String {
        cause.map { "\(code.rawValue): \(message) (\($0))" } ?? "\(code.rawValue): \(message)"
    }

    /// Whether the same call may succeed later without anything being changed.
    public var isTransient: Bool {
        code == .unavailable || code == .throttled || code == .internal
    }
}
