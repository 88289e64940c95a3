import Foundation
import GAS

/// The local files of one attempt at one job. Their names do not depend on what the owner calls the file.
struct WorkFolder {
    private let path: String

    init(parent: String, job: Job) {
        path = "\(parent)/\(job.id)-\(job.attempt)"
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

    /// Removes it. What cannot be removed now is removed when the next annotator starts.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Where the outputs of a job go.
struct OutputKeys {
    let result: String
    let log: String
    let summary: String

    init(prefix: String, job: Job) {
        let stem = FileName.stem(job.inputFileName)
        let start = ObjectKey(prefix: prefix, userID: job.userID, jobID: job.id).start
        result = "\(start)\(stem).annot.vcf"
        log = "\(start)\(stem).vcf.count.log"
        summary = "\(start)\(stem).summary.json"
    }
}
