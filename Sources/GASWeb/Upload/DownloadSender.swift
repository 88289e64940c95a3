import Foundation
import GAS
import HTTPTypes
import Hummingbird

/// Sends files to browsers that bring a signed link, for an object store that has no server of its own.
struct DownloadSender: Sendable {
    let endpoint: any ObjectEndpoint

    /// Answers `GET /objects/{bucket}/{key}`. The key is percent-encoded as a whole or segment by segment.
    func respond(_ call: Call) async throws -> Response {
        let segments = call.request.uri.path.split(separator: "/", maxSplits: 2)
        guard segments.count == 3, let bucket = segments[1].removingPercentEncoding,
            let key = segments[2].removingPercentEncoding
        else { throw GASError(.notFound, "There is no such file.") }
        let object = try await endpoint.openDownload(
            ObjectLocation(bucket: bucket, key: key),
            query: call.query.values
        )
        return Response(
            status: .ok,
            headers: [
                .contentType: object.contentType,
                .contentLength: String(object.metadata.size),
                .contentDisposition: ContentDisposition.attachment(object.fileName),
            ],
            body: ResponseBody(contentLength: object.metadata.size) { writer in
                for try await piece in object.bytes { try await writer.write(ByteBuffer(bytes: piece)) }
                try await writer.finish(nil)
            }
        )
    }
}
