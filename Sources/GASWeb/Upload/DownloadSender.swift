import Foundation
import GAS
import HTTPTypes
import Hummingbird

/// Sends files to browsers that bring a signed link, for an object store that has no server of its own.
struct DownloadSender: Sendable {
    let endpoint: any ObjectEndpoint

    /// Answers `GET /objects/{bucket}/{key}`, where the key's slashes are percent-encoded.
    func respond(_ call: Call) async throws -> Response {
        guard let bucket = call.context.parameters.get("bucket")?.removingPercentEncoding,
            let key = call.context.parameters.get("key")?.removingPercentEncoding
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
