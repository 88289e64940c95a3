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

    /// Forgets what was fetched, for AWS says that it has expired.
    public func forget() { last = nil }

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
        for source in sources {
            if let credentials = try await source.fetch() { return credentials }
        }
        let names = sources.map(\.name).joined(separator: ", ")
        throw GASError(.unavailable, "There are no AWS credentials. Looked in: \(names).")
    }
}
