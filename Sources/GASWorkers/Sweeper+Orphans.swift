import Foundation
import GAS

/// What belongs to nobody: left by a process that was killed between two steps, or came late.
extension Sweeper {
    /// Removes uploads that nobody submitted.
    /// - Returns: how many.
    @Sendable public func removeUnsubmittedUploads() async throws -> Int {
        let before = clock.now.addingTimeInterval(-settings.uploadPatience)
        return try await removeObjects(in: settings.inputsBucket) { object, job in
            object.modified < before && job == nil
        }
    }

    /// Removes results that no job names and no worker is making.
    /// - Returns: how many.
    @Sendable public func removeOrphanedResults() async throws -> Int {
        try await removeObjects(in: settings.resultsBucket) { object, job in
            guard let job else { return true }
            guard job.status.isFinal, job.resultState != .restoring else { return false }
            let isResult = object.location == job.output?.result
            let isKept = [job.log, job.output?.log, job.output?.summary].contains(object.location)
            return !isKept && !(isResult && (job.resultState != .archived || job.resultDue != nil))
        }
    }

    /// Removes archives that no job names and no worker is about to name. A later move of the same result takes
    /// another name, so what is found here stays nobody's.
    /// - Returns: how many.
    @Sendable public func removeOrphanedArchives() async throws -> Int {
        try await mark.claim(settings.archiveBucket ?? settings.resultsBucket)
        let before = clock.now.addingTimeInterval(-settings.patience)
        var removed = 0
        var last: String?
        while true {
            let page = try await archive.list(after: last, limit: settings.batch)
            for entry in page where entry.created < before {
                guard let key = ObjectKey(parsing: entry.name, prefix: settings.keyPrefix) else { continue }
                let job = try await jobs.job(key.jobID)
                guard job?.archiveID != entry.id, job?.resultState != .archiving else { continue }
                try await archive.delete(entry.id)
                removed += 1
            }
            guard page.count == settings.batch else { return removed }
            last = page.last?.id
        }
    }

    private var mark: BucketMark { BucketMark(objects: objects, jobs: jobs, keyPrefix: settings.keyPrefix) }

    private func removeObjects(
        in bucket: String, where isOrphan: (ObjectMetadata, Job?) -> Bool
    ) async throws -> Int {
        try await mark.claim(bucket)
        var removed = 0
        var last: String?
        while true {
            let page = try await objects.list(
                bucket: bucket, prefix: settings.keyPrefix + "/", after: last, limit: settings.batch)
            for object in page {
                guard let key = ObjectKey(parsing: object.location.key, prefix: settings.keyPrefix),
                    isOrphan(object, try await jobs.job(key.jobID))
                else { continue }
                try await objects.delete(object.location)
                removed += 1
            }
            guard page.count == settings.batch else { return removed }
            last = page.last?.location.key
        }
    }
}
