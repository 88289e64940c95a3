import GAS

/// The files of a job that its owner may have.
enum JobFile: String, Sendable, CaseIterable {
    case input, result, log

    /// Where the file is; `nil` when it does not exist, or its owner cannot have it now.
    func location(in job: Job, _ access: ResultAccess) -> ObjectLocation? {
        switch self {
        case .input: job.input
        case .result: access.isDownloadable ? job.output?.result : nil
        case .log: job.log
        }
    }

    /// The name under which its owner saves it; `nil` when there is nothing to save now.
    func name(in job: Job, _ access: ResultAccess) -> String? {
        guard let location = location(in: job, access) else { return nil }
        let stem = FileName.stem(job.inputFileName)
        return switch self {
        case .input: job.inputFileName
        case .result: stem + ".annot.vcf" + (location.key.hasSuffix(".gz") ? ".gz" : "")
        case .log: stem + ".vcf.count.log"
        }
    }

    /// The media type of a file of this name.
    static func contentType(of name: String) -> String {
        name.hasSuffix("gz") ? "application/gzip" : "text/plain; charset=utf-8"
    }
}
