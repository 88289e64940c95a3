import Foundation
import GAS

/// The local files of one attempt at one job, or of one move of its result. Their names do not depend on what the owner
/// calls the file.
public struct WorkFolder: Sendable {
    private let path: String

    /// Removes folders in `parent` that a crash left behind.
    /// - Parameter isInUse: whether the attempt or move of this number still goes on.
    /// - Returns: how many.
    public static func removeLeftovers(
        in parent: String, jobs: any JobStore, isInUse: (_ job: Job, _ number: Int) -> Bool
    ) async throws -> Int {
        guard FileManager.default.fileExists(atPath: parent) else { return 0 }
        var removed = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: parent) {
            guard let dash = name.lastIndex(of: "-"), let number = Int(name[name.index(after: dash)...]) else {
                continue
            }
            let job = try await jobs.job(JobID(rawValue: String(name[..<dash])))
            if let job, isInUse(job, number) { continue }
            try FileManager.default.removeItem(atPath: parent + "/" + name)
            removed += 1
        }
        return removed
    }

    /// Removes files in `folder` that a crash left behind: those last written before `time`, by the file system's own
    /// clock.
    /// - Returns: how many.
    public static func removeOldFiles(in folder: String, writtenBefore time: Date) throws -> Int {
        guard FileManager.default.fileExists(atPath: folder) else { return 0 }
        var removed = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let path = folder + "/" + name
            // One that has just gone was somebody's who is still at work.
            guard let written = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date,
                written < time
            else { continue }
            try FileManager.default.removeItem(atPath: path)
            removed += 1
        }
        return removed
    }

    /// - Parameter name: the job's id, a hyphen, and the number of the attempt or move.
    init(parent: String, name: String) {
        path = "\(parent)/\(name)"
    }

    var input: String { path + "/input" }
    var output: String { path + "/result.vcf" }
    var log: String { path + "/count.log" }

    /// Makes an empty folder.
    func make() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw GASError(.unavailable, "The work folder cannot be created.", cause: error)
        }
    }

    /// Removes it. What cannot be removed now is removed by `removeLeftovers`.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Where the outputs of a job go.
struct OutputKeys {
    let result: String
    let log: String
    let summary: String
    /// Where this move puts the result when it brings it back: a key that no other move uses.
    let restored: String

    init(prefix: String, job: Job) {
        let stem = FileName.stem(job.inputFileName)
        let start = ObjectKey(prefix: prefix, userID: job.userID, jobID: job.id).start
        result = "\(start)\(stem).annot.vcf"
        log = "\(start)\(stem).vcf.count.log"
        summary = "\(start)\(stem).summary.json"
        restored = "\(start)\(stem).\(job.move).annot.vcf"
    }
}
