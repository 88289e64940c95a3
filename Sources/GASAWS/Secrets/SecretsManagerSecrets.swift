import Foundation
import GAS

/// Which secret, written as in settings: the name or ARN of a secret, and behind `#` the member of the JSON object that it
/// holds, if it holds one: `prod/gas/database#password`.
public struct SecretReference: Sendable, Hashable {
    /// Secrets Manager's name for it, or its ARN.
    public let id: String
    /// The member; `nil` for the secret as a whole.
    public let member: String?

    /// Reads a reference.
    /// - Throws: `invalid` when it names nothing.
    public init(_ text: String) throws {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard !parts[0].isEmpty, parts.count == 1 || !parts[1].isEmpty else {
            throw GASError(.invalid, "'\(text)' names no secret; write its name, or name#member.")
        }
        id = parts[0]
        member = parts.count == 2 ? parts[1] : nil
    }
}

/// Secrets of Secrets Manager, kept for a while.
/// See https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html.
///
/// A secret that is rotated is known here when its time is over, or at once when whoever uses it says that it was refused.
public actor SecretsManagerSecrets {
    private struct Kept {
        let text: String
        let fetched: Date
    }

    private let client: AWSClient
    private let keepSeconds: Double
    private let clock: any WallClock
    private var kept: [String: Kept] = [:]
    private var underWay: [String: Task<String, any Error>] = [:]

    /// - Parameter keepSeconds: for so long a secret is not asked for again.
    public init(client: AWSClient, keepSeconds: Double = 300, clock: any WallClock) {
        self.client = client
        self.keepSeconds = keepSeconds
        self.clock = clock
    }

    /// The secret as it is now, or was at most a while ago. If Secrets Manager does not answer, what was fetched last serves on.
    /// - Throws: `notFound` when there is none, `invalid` when it has no such member.
    public func value(of reference: SecretReference) async throws -> String {
        if let last = kept[reference.id], clock.now.timeIntervalSince(last.fetched) < keepSeconds {
            return try Self.member(reference, of: last.text)
        }
        do {
            return try Self.member(reference, of: try await fetch(reference.id))
        } catch let error as GASError where error.code == .unavailable || error.code == .throttled {
            guard let last = kept[reference.id] else { throw error }
            return try Self.member(reference, of: last.text)
        }
    }

    /// The secret after one was refused by whoever it is for: fetched anew, unless that was done since.
    /// - Parameter refused: what was refused.
    public func value(of reference: SecretReference, insteadOf refused: String) async throws -> String {
        if let last = kept[reference.id], try Self.member(reference, of: last.text) != refused {
            return try await value(of: reference)
        }
        return try Self.member(reference, of: try await fetch(reference.id))
    }

    /// Asks once for all who wait.
    private func fetch(_ id: String) async throws -> String {
        if let task = underWay[id] { return try await task.value }
        let task = Task { [client] in try await Self.text(of: id, client) }
        underWay[id] = task
        defer { underWay[id] = nil }
        let asked = clock.now
        let text = try await task.value
        kept[id] = Kept(text: text, fetched: asked)
        return text
    }

    private static func text(of id: String, _ client: AWSClient) async throws -> String {
        do {
            let answer: AWSAnswer<Output> = try await client.call(
                "secretsmanager", "secretsmanager.GetSecretValue", ["SecretId": id], version: "1.1")
            guard let text = answer.value.SecretString else {
                throw GASError(.invalid, "The secret \(id) of Secrets Manager is no text.")
            }
            return text
        } catch let error as AWSError where error.isMissing {
            throw GASError(.notFound, "Secrets Manager has no secret \(id).", cause: error)
        } catch let error as AWSError {
            throw error.error
        }
    }

    private static func member(_ reference: SecretReference, of text: String) throws -> String {
        guard let member = reference.member else { return text }
        guard let values = try? JSONDecoder().decode([String: Member].self, from: Data(text.utf8)),
            let value = values[member]?.text
        else { throw GASError(.invalid, "The secret \(reference.id) has no member \(member) that is a text.") }
        return value
    }

    private struct Output: Decodable, Sendable { let SecretString: String? }

    /// A member of any kind, of which texts and whole numbers (ports) count.
    private struct Member: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            text = (try? value.decode(String.self)) ?? (try? value.decode(Int.self)).map(String.init)
        }
    }
}

extension SecretsManagerSecrets: CustomReflectable {
    /// Without the secrets.
    nonisolated public var customMirror: Mirror { Mirror(self, children: [:]) }
}
