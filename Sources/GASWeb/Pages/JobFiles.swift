import Foundation
import GAS
import Hummingbird

/// `/annotations/{id}/files/{file}` and `/annotations/{id}/log`: a job's files, saved or read.
struct JobFiles: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let settings: WebSettings

    private struct LogContent {
        let id: String
        let fileName: String
        let logName: String
        let text: String
        let isCut: Bool
        let size: String
        let isOwner: Bool
    }

    /// Sends the browser to a signed link. It is made when it is clicked, so a page can stay open as long as one likes;
    /// and what the plan allows is judged then too.
    func download(_ call: Call, _ visitor: Visitor, _ job: Job) async throws -> Response {
        let file = call.context.parameters.get("file").flatMap(JobFile.init)
        let access = services.access(to: job, of: visitor.account)
        if file == .result, let refusal = refusal(access) { throw refusal }
        guard let file, let location = file.location(in: job, access), let name = file.name(in: job, access)
        else { throw GASError(.notFound, "This annotation has no such file.") }
        if file == .input, try await services.objects.metadata(location) == nil {
            throw GASError(
                .notFound, "The uploaded file is not kept any more; the privacy page says for how long it is.")
        }
        try await services.record(
            .download, call, by: visitor.account.id, detail: "\(file.rawValue) of job \(job.id)")
        let link = try await services.objects.signDownload(
            DownloadRequest(
                location: location,
                fileName: name,
                contentType: JobFile.contentType(of: name),
                expires: linkEnd(file, access, asked: visitor.asked)
            )
        )
        return .seeOther(settings.relative(link))
    }

    private func linkEnd(_ file: JobFile, _ access: ResultAccess, asked: Date) -> Date {
        switch file {
        case .input, .log: asked.addingTimeInterval(settings.downloadLinkSeconds)
        case .result: services.plans.linkEnd(until: access.end, seconds: settings.downloadLinkSeconds, now: asked)
        }
    }

    /// Shows the log.
    func showLog(_ call: Call, _ reader: Reader, _ job: Job) async throws -> Response {
        let access = services.access(to: job, of: reader.owner)
        guard let location = JobFile.log.location(in: job, access), let name = JobFile.log.name(in: job, access),
            let metadata = try await services.objects.metadata(location)
        else { throw GASError(.notFound, "This annotation has no log.") }
        let isCut = metadata.size > settings.logBytes
        let text =
            isCut
            ? "" : String(decoding: try await services.objects.get(location, limit: settings.logBytes), as: UTF8.self)
        return pages.page(
            "log",
            title: "Log of \(job.inputFileName)",
            call,
            content: LogContent(
                id: job.id.rawValue,
                fileName: job.inputFileName,
                logName: name,
                text: text,
                isCut: isCut,
                size: Wording.size(metadata.size),
                isOwner: reader.isOwner
            ),
            section: reader.isOwner ? .annotations : .admin
        )
    }
}
