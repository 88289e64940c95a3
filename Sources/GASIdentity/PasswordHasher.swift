import Foundation
import GAS

/// Hashes and checks passwords on threads of its own: a hash takes a tenth of a second of one core and 32 MiB, which
/// must neither hold up other tasks nor add up when many people sign in at once.
public final class PasswordHasher: Sendable {
    private let cost: PasswordHash.Cost
    private let queue: OperationQueue

    /// Makes a hasher.
    /// - Parameters:
    ///   - cost: of new hashes.
    ///   - width: how many hashes are computed at once; others wait.
    public init(cost: PasswordHash.Cost = .init(), width: Int = 2) {
        self.cost = cost
        queue = OperationQueue()
        queue.name = "gas.passwords"
        queue.maxConcurrentOperationCount = width
    }

    /// The hash of a new password, as text.
    public func hash(_ password: String) async throws -> String {
        let cost = cost
        return try await run { try PasswordHash(password: password, cost: cost).text }
    }

    /// Whether a password is the one of a stored hash.
    public func verify(_ password: String, against text: String) async throws -> Verdict {
        guard let stored = PasswordHash(text) else {
            throw GASError(.corrupted, "A stored password hash cannot be read.")
        }
        let cost = cost
        return try await run {
            guard try stored.matches(password) else { return .wrong }
            return stored.cost == cost ? .right : .rightButOutdated
        }
    }

    /// Takes as long as a check of a wrong password, for an account that does not exist.
    public func pretendToVerify(_ password: String) async throws {
        _ = try await hash(password)
    }

    /// The outcome of a check.
    public enum Verdict: Sendable {
        /// Another password.
        case wrong
        /// The password.
        case right
        /// The password, hashed with other parameters than new ones are; hash it anew.
        case rightButOutdated
    }

    private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { continuation.resume(with: Result { try work() }) }
        }
    }
}
