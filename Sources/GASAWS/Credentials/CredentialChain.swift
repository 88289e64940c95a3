import Foundation
import GAS

/// Where credentials may come from.
public struct CredentialSource: Sendable {
    /// For messages.
    public let name: String
    /// The credentials; `nil` when this source is not in use here.
    let fetch: @Sendable () async throws -> AWSCredentials?

    /// Names a source.
    public init(name: String, fetch: @escaping @Sendable () async throws -> AWSCredentials?) {
        self.name = name
        self.fetch = fetch
    }
}

/// Asks one source after the other, keeps what the first one in use gives, and fetches it anew before it expires, once for all
/// who wait.
public actor CredentialChain {
    private let sources: [CredentialSource]
    private let clock: any WallClock
    private let refreshSeconds: Double
    private var last: AWSCredentials?
    private var underWay: Task<AWSCredentials, any Error>?

    /// Puts a chain together.
    /// - Parameter refreshSeconds: so long before their end credentials are fetched anew.
    public init(sources: [CredentialSource], clock: any WallClock, refreshSeconds: Double = 300) {
        self.sources = sources
        self.clock = clock
        self.refreshSeconds = refreshSeconds
    }

    /// Credentials that are good now.
    /// - Throws: `GASError` with code `unavailable` when no source has any.
    public func credentials() async throws -> AWSCredentials {
        if let last, seconds(left: last) > refreshSeconds { return last }
        do {
            return try await fetched()
        } catch {
            // What is about to expire serves until then.
            guard let last, seconds(left: last) > 0 else { throw error }
            return last
        }
    }

    /// Credentials in place of some that AWS calls expired: what others have fetched meanwhile, or else what the sources give now,
    /// which may be the same ones, as those of the environment are.
    public func renewed(after expired: AWSCredentials) async throws -> AWSCredentials {
        if let last, last != expired { return last }
        return try await fetched()
    }

    private func seconds(left credentials: AWSCredentials) -> Double {
        credentials.expires.map { $0.timeIntervalSince(clock.now) } ?? .infinity
    }

    private func fetched() async throws -> AWSCredentials {
        if let underWay { return try await underWay.value }
        let task = Task { [sources] in try await Self.first(of: sources) }
        underWay = task
        defer { underWay = nil }
        let credentials = try await task.value
        last = credentials
        return credentials
    }

    private static func first(of sources: [CredentialSource]) async throws -> AWSCredentials {
        var empty: [String] = []
        for source in sources {
            do {
                if let credentials = try await source.fetch() { return credentials }
            } catch let error as GASError {
                // Who set credentials elsewhere learns that they were not found there.
                let before = empty.isEmpty ? "" : " There are none in \(empty.joined(separator: ", ")), either."
                throw GASError(
                    error.code, error.message + before, cause: NoCredentials(asked: empty + [source.name]))
            }
            empty.append(source.name)
        }
        throw GASError(
            .unavailable, "There are no AWS credentials. Looked in: \(empty.joined(separator: ", ")).",
            cause: NoCredentials(asked: empty))
    }
}

/// Nobody has given credentials.
struct NoCredentials: Remediable, CustomStringConvertible {
    /// The names of the sources.
    let asked: [String]

    var description: String { "asked \(asked.count) of the places where credentials may be" }
    var remedy: String? { "Put credentials where they are looked for, which docs/aws.md says." }
}
