import Foundation
import GAS
import HTTPTypes
import Hummingbird

/// Sends files to browsers that bring a signed link, for an object store that has no server of its own.
struct DownloadSender: Sendable {
    let endpoint: any ObjectEndpoint
    let accounts: any AccountStore
    /// What all keys begin with.
    let keyPrefix: String

    /// Answers `GET /objects/{bucket}/{key}`. What belongs to an account that was deleted is gone for everybody, also in
    /// the moments in which it is still being removed. The key is percent-encoded as a whole or segment by segment.
    func respond(_ call: Call) async throws -> Response {
        let segments = call.request.uri.path.split(separator: "/", maxSplits: 2)
        guard segments.count == 3, let bucket = segments[1].removingPercentEncoding,
            let key = segments[2].removingPercentEncoding
        else { throw GASError(.notFound, "There is no such file.") }
        let object = try await endpoint.openDownload(
            ObjectLocation(bucket: bucket, key: key),
            query: call.query.values
        )
        if let owner = ObjectKey(parsing: key, prefix: keyPrefix)?.userID, try await accounts.account(owner) == nil {
            throw GASError(.notFound, "There is no such file.")
        }
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
