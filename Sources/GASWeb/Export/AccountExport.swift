import Foundation
import GAS
import Hummingbird

/// `POST /profile/export`: everything that the service has of somebody, as one zip file that is made while it is sent.
struct AccountExport: Sendable {
    let services: WebServices
    let settings: WebSettings
    /// One at a time for each account.
    let slots: FeedSlots

    /// Hands it over. Looking at it is noted first.
    func send(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let slot = try slots.take(for: visitor.account.id)
        try await services.record(.export, call, by: visitor.account.id)
        let name = "gas-\(Moment(services.clock.now).text.prefix(10)).zip"
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/zip", .contentDisposition: ContentDisposition.attachment(name),
            ],
            body: ResponseBody { writer in
                var zip = ZipStream(modified: services.clock.now)
                var problems: [String] = []
                let jobs = try await allJobs(of: visitor.account.id)
                for (name, content) in try await records(of: visitor.account, jobs) {
                    try await Self.write(content, as: name, &zip, to: &writer)
                }
                for job in jobs {
                    for file in ExportedFile.all(of: job, services.access(to: job, of: visitor.account)) {
                        try await write(file, &zip, to: &writer, problems: &problems)
                    }
                    if let absence = Self.absence(of: job, services.access(to: job, of: visitor.account)) {
                        problems.append("jobs/\(job.id)/\(JobFile.result.rawValue)/: \(absence)")
                    }
                }
                if !problems.isEmpty {
                    let text = problems.joined(separator: "\n") + "\n"
                    try await Self.write(Array(text.utf8), as: "missing.txt", &zip, to: &writer)
                }
                try await writer.write(ByteBuffer(bytes: zip.finish()))
                withExtendedLifetime(slot) {}
                try await writer.finish(nil)
            }
        )
    }

    /// Why the result of a job is not in the export, in a sentence; `nil` when it is, or there is none.
    private static func absence(of job: Job, _ access: ResultAccess) -> String? {
        switch access {
        case .none, .available: nil
        case .upgradeNeeded:
            "is in the archive, or on its way there. Premium brings it back; export everything again then."
        case .archived: "is in the archive, and will be fetched from there. Export everything again then."
        case .restoring: "is on its way back from the archive. Export everything again when it is there."
        case .unrestorable(let problem): "is in the archive. \(problem)"
        }
    }

    private func records(of account: Account, _ jobs: [Job]) async throws -> [(name: String, content: [UInt8])] {
        let sessions = try await services.sessions.sessions(of: account.id)
        let entries = try await allEntries(of: account.id)
        return [
            ("README.txt", Array(Self.explanation.utf8)),
            ("profile.json", try AccountRecords.profile(account)),
            ("sessions.json", try AccountRecords.sessions(sessions)),
            ("jobs.json", try AccountRecords.jobs(jobs)),
            ("activity.json", try AccountRecords.activity(entries, of: account.id)),
        ]
    }

    private func allJobs(of account: AccountID) async throws -> [Job] {
        var jobs: [Job] = []
        var cursor: JobPage.Cursor?
        repeat {
            let page = try await services.jobs.jobs(of: account, status: nil, after: cursor, limit: 500)
            jobs += page.jobs
            cursor = page.next
        } while cursor != nil
        return jobs
    }

    private func allEntries(of account: AccountID) async throws -> [AuditEntry] {
        var entries: [AuditEntry] = []
        while true {
            let page = try await services.audit.entries(
                AuditFilter(account: account), before: entries.last?.number, limit: 500)
            entries += page
            guard page.count == 500 else { return entries }
        }
    }

    private func write(
        _ file: ExportedFile, _ zip: inout ZipStream, to writer: inout any ResponseBodyWriter,
        problems: inout [String]
    ) async throws {
        let copy: LocalCopy
        let size: Int
        do {
            guard let metadata = try await services.objects.metadata(file.location) else {
                return problems.append("\(file.name): is not kept any more.")
            }
            size = metadata.size
            copy = try await LocalCopy(of: file.location, from: services.objects, in: settings.exportDirectory)
        } catch let error as GASError where error.code == .corrupted || error.code == .notFound {
            return problems.append("\(file.name): cannot be read. Please tell the people who run this service.")
        }
        try await writer.write(ByteBuffer(bytes: try zip.begin(file.name, size: size)))
        while true {
            let bytes = try copy.next()
            guard !bytes.isEmpty else { break }
            let packed = try zip.add(bytes)
            if !packed.isEmpty { try await writer.write(ByteBuffer(bytes: packed)) }
        }
        try await writer.write(ByteBuffer(bytes: try zip.end()))
    }

    private static func write(
        _ content: [UInt8], as name: String, _ zip: inout ZipStream, to writer: inout any ResponseBodyWriter
    ) async throws {
        let bytes = try zip.begin(name, size: content.count) + zip.add(content) + zip.end()
        try await writer.write(ByteBuffer(bytes: bytes))
    }

    private static let explanation = """
        Everything that the Genomics Annotation Service has of you.

        profile.json    who you are to the service, and your plan
        sessions.json   browsers in which you are signed in
        jobs.json       your annotations, with all that is stored about each; times are milliseconds since 1970, UTC,
                        and progress_seconds says how long annotating took, in seconds
        activity.json   what was done by you and with what is yours, from the audit log
        jobs/           a folder for each annotation: the file that you uploaded, the result, the log, the summary

        missing.txt     what is not in here, and why: results that are in the archive, or that your plan does not let you
                        download now, and files that are not kept any more; it is there only when something is missing

        """
}

/// One file of a job in an export.
struct ExportedFile: Sendable {
    /// Within the zip file.
    let name: String
    let location: ObjectLocation

    /// Those that the owner may have now.
    static func all(of job: Job, _ access: ResultAccess) -> [ExportedFile] {
        let folder = "jobs/\(job.id)/"
        var files = JobFile.allCases.compactMap { file -> ExportedFile? in
            guard let location = file.location(in: job, access), let name = file.name(in: job, access) else {
                return nil
            }
            return ExportedFile(name: folder + file.rawValue + "/" + FileName.safe(name), location: location)
        }
        if let summary = job.output?.summary {
            files.append(ExportedFile(name: folder + "summary/summary.json", location: summary))
        }
        return files
    }
}
