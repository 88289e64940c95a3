import Foundation
import GAS

/// A small object in a bucket that says whose the bucket is.
///
/// What no job names is removed from the buckets of a deployment. Seen from another deployment, or from a new table of jobs, that is
/// everything: so nothing is removed where somebody else's mark lies.
public struct BucketMark: Sendable {
    private static let limit = 1_000

    private let objects: any ObjectStore
    private let jobs: any JobStore
    private let keyPrefix: String

    /// - Parameter keyPrefix: first part of every object key; deployments with different ones share a bucket in peace.
    public init(objects: any ObjectStore, jobs: any JobStore, keyPrefix: String) {
        self.objects = objects
        self.jobs = jobs
        self.keyPrefix = keyPrefix
    }

    /// The mark's key.
    public static func key(_ keyPrefix: String) -> String { keyPrefix + "/.deployment" }

    /// Puts the mark into a bucket that has none.
    /// - Throws: `conflict` when the mark is another deployment's.
    public func claim(_ bucket: String) async throws {
        let own = try await jobs.deployment()
        var found = try await mark(of: bucket)
        if found == nil {
            _ = try await objects.put(Data(own.utf8), at: location(bucket))
            found = try await mark(of: bucket)
        }
        guard found == own else {
            throw GASError(.conflict, "The bucket \(bucket) \(foreignMark), so nothing is removed from it.")
        }
    }

    /// What is wrong with the mark of a bucket, for whoever looks after the service; `nil` when it is ours or missing.
    public func flaw(of bucket: String) async throws -> String? {
        guard let found = try await mark(of: bucket) else { return nil }
        return try await jobs.deployment() == found ? nil : foreignMark
    }

    private var foreignMark: String {
        "has another deployment's mark, the object \(Self.key(keyPrefix)) (remove that if the bucket is this one's)"
    }

    private func mark(of bucket: String) async throws -> String? {
        do {
            return String(decoding: try await objects.get(location(bucket), limit: Self.limit), as: UTF8.self)
        } catch let error as GASError where error.code == .notFound {
            return nil
        }
    }

    private func location(_ bucket: String) -> ObjectLocation {
        ObjectLocation(bucket: bucket, key: Self.key(keyPrefix))
    }
}
