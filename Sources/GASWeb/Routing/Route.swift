import GAS
import HTTPTypes
import Hummingbird

/// One address, one method, and the rule that says who may use it.
package struct Route: Sendable {
    package let method: HTTPRequest.Method
    /// As Hummingbird writes it: `/annotations/{id}`.
    package let path: String
    let access: Access
    let answer: Answer
    /// Where who is not signed in is sent, if not to sign in.
    let whenSignedOut: String?

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access, answer: Answer = .page,
        whenSignedOut: String? = nil
    ) {
        self.whenSignedOut = whenSignedOut
        self.method = method
        self.path = path
        self.access = access
        self.answer = answer
    }

    /// The rule without its handler.
    package var rule: AccessRule {
        switch access {
        case .anyone: .anyone
        case .signature: .signature
        case .signedIn: .signedIn
        case .member: .member
        case .premium: .premium
        case .owner: .owner
        case .reader: .reader
        case .admin: .admin
        }
    }

    /// Whether the rule lets nobody pass who is not signed in.
    var needsSession: Bool { rule != .anyone && rule != .signature }

    /// Whether it is there while the service is closed: for machines that watch it, and for administrators to sign in.
    var staysOpen: Bool {
        let open = ["/healthz", "/readyz", "/assets/", "/login", "/logout", "/privacy"]
        if case .signature = access { return true }
        return open.contains { path.hasPrefix($0) }
    }

    /// What the caller expects, which decides how an error is told.
    enum Answer {
        /// A person's browser shows it: errors are pages, and who is not signed in is sent to sign in.
        case page
        /// A program reads it: errors are a status and JSON.
        case data
        /// As a page; but asking changes something, so that `HEAD` is not answered.
        case action
        /// As an action that takes a file: errors offer to choose another one.
        case upload
        /// As data, without an end; so that `HEAD` is not answered.
        case feed
    }

    /// Whether errors are told as pages.
    var isForPeople: Bool { answer != .data && answer != .feed }

    /// Whether `HEAD` is answered too.
    package var answersHead: Bool { method == .get && (answer == .page || answer == .data) }
}

/// Who may use a route. The rule decides what the handler is given, so that one that needs an account cannot be put
/// behind a rule that does not provide it, and a route cannot be written down without a rule.
enum Access: Sendable {
    /// Everybody.
    case anyone(@Sendable (Call) async throws -> Response)
    /// Whoever holds a signed form or link; the handler verifies the signature, and reads the body as a stream.
    case signature(@Sendable (Call) async throws -> Response)
    /// Whoever is signed in.
    case signedIn(@Sendable (Call, Visitor) async throws -> Response)
    /// Whoever is signed in and may use the service, which can need a confirmed address; so do all rules that follow.
    case member(@Sendable (Call, Visitor) async throws -> Response)
    /// Whoever has Premium now.
    case premium(@Sendable (Call, Visitor) async throws -> Response)
    /// The owner of the job that the path parameter `id` names.
    case owner(@Sendable (Call, Visitor, Job) async throws -> Response)
    /// The owner of that job, and administrators, whose look is noted in the audit log.
    case reader(@Sendable (Call, Reader, Job) async throws -> Response)
    /// Administrators; each look is noted in the audit log.
    case admin(@Sendable (Call, Visitor) async throws -> Response)
}

/// Who may use a route, by name.
package enum AccessRule: String, Sendable, CaseIterable {
    case anyone, signature, signedIn, member, premium, owner, reader, admin
}

/// Somebody who reads a job.
struct Reader: Sendable {
    let visitor: Visitor
    /// Whose job it is: the plan of this account says what can be done with the result.
    let owner: Account

    /// Whether the job is their own.
    var isOwner: Bool { visitor.account.id == owner.id }
}
