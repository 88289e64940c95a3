import AsyncHTTPClient
import Foundation
import GAS
import Logging
import NIOFoundationCompat
import NIOHTTP1

/// Bytes into a vault and out of it.
extension VaultArchive {
    /// Behind the name of an archive that stands for an empty file: a vault takes no archive without bytes.
    private static let emptyMark = " (empty)"

    /// The name under which something was archived.
    static func name(in description: String) -> String {
        description.hasSuffix(emptyMark) ? String(description.dropLast(emptyMark.count)) : description
    }

    /// Uploads in one request.
    /// - Returns: the archive's id.
    func upload(_ whole: FilePart, name: String) async throws -> String {
        var request = request("UploadArchive", "POST", "/archives")
        if whole.count == 0 {
            let mark = Data([0])
            var tree = TreeHash()
            tree.update(mark)
            request.headers.append(("x-amz-archive-description", name + Self.emptyMark))
            request.setBody(.data(mark), tree: tree.finalize())
        } else {
            let (sha256, tree) = try whole.vaultChecksums()
            request.headers.append(("x-amz-archive-description", name))
            request.setBody(.file(path: whole.path, offset: 0, count: whole.count, sha256: sha256), tree: tree)
        }
        return try archiveID(try await client.send(request))
    }

    /// Uploads in parts. Nobody sees the archive before it is complete.
    /// See https://docs.aws.amazon.com/amazonglacier/latest/dev/uploading-archive-mpu.html.
    func uploadParts(of whole: FilePart, name: String) async throws -> String {
        let (_, tree) = try whole.vaultChecksums()
        var beginning = request("InitiateMultipartUpload", "POST", "/multipart-uploads")
        beginning.headers += [
            ("x-amz-archive-description", name), ("x-amz-part-size", "\(settings.partBytes)"),
        ]
        guard let upload = try await client.send(beginning).headers.first(name: "x-amz-multipart-upload-id") else {
            throw GASError(.internal, "The vault \(vault) did not name an upload.")
        }
        do {
            try await sendParts(of: whole, upload: upload)
            var end = request("CompleteMultipartUpload", "POST", "/multipart-uploads/\(upload)")
            end.headers += [("x-amz-archive-size", "\(whole.count)"), ("x-amz-sha256-tree-hash", tree)]
            return try archiveID(try await client.send(end))
        } catch {
            await abandon(upload)
            throw error
        }
    }

    private func sendParts(of whole: FilePart, upload: String) async throws {
        let offsets = stride(from: 0, to: whole.count, by: settings.partBytes)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = offsets.makeIterator()
            func sendNext() {
                guard let offset = waiting.next() else { return }
                let part = FilePart(
                    path: whole.path, offset: offset, count: min(settings.partBytes, whole.count - offset))
                group.addTask { try await send(part, upload: upload) }
            }
            for _ in 0..<settings.parallelParts { sendNext() }
            while try await group.next() != nil { sendNext() }
        }
    }

    private func send(_ part: FilePart, upload: String) async throws {
        let (sha256, tree) = try part.vaultChecksums()
        var request = request("UploadMultipartPart", "PUT", "/multipart-uploads/\(upload)")
        request.headers.append(("Content-Range", "bytes \(part.offset)-\(part.offset + part.count - 1)/*"))
        request.setBody(
            .file(path: part.path, offset: part.offset, count: part.count, sha256: sha256), tree: tree)
        _ = try await client.send(request)
    }

    /// Frees what an unfinished upload takes, also when the task is cancelled because the process ends; if that fails, the vault does it by itself after a day.
    private func abandon(_ upload: String) async {
        do {
            try await client.sendToTheEnd(request("AbortMultipartUpload", "DELETE", "/multipart-uploads/\(upload)"))
        } catch {
            client.logger.warning("cannot abandon an upload", metadata: ["vault": "\(vault)", "error": "\(error)"])
        }
    }

    private func archiveID(_ answer: AWSAnswer<Data>) throws -> String {
        guard let id = answer.headers.first(name: "x-amz-archive-id") else {
            throw GASError(.internal, "The vault \(vault) did not name the archive that it took.")
        }
        return id
    }

    /// Downloads into a file of another name, which takes the name of the target when its bytes are the right ones.
    func download(_ job: VaultJob, to file: String) async throws {
        let part = "\(file).\(UUID().uuidString).part"
        do {
            _ = try await client.send(request("GetJobOutput", "GET", "/jobs/\(job.JobId)/output")) { response in
                try await Self.save(response, expecting: job.ArchiveSHA256TreeHash, to: part)
            }
            guard rename(part, file) == 0 else { throw GASError(.internal, "The file cannot be replaced.") }
        } catch {
            if FileManager.default.fileExists(atPath: part) { try FileManager.default.removeItem(atPath: part) }
            throw error
        }
    }

    /// - Parameter hash: what the vault noted when it took the archive. AWS always tells it, here or in the answer.
    private static func save(
        _ response: HTTPClientResponse, expecting hash: String?, to file: String
    ) async throws {
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let output = FileHandle(forWritingAtPath: file)
        else { throw GASError(.internal, "The file cannot be written.") }
        defer { try? output.close() }
        var tree = TreeHash()
        for try await piece in response.body {
            let bytes = Data(buffer: piece)
            tree.update(bytes)
            try writing { try output.write(contentsOf: bytes) }
        }
        let expected = hash ?? response.headers.first(name: "x-amz-sha256-tree-hash")
        guard expected == tree.finalize() else {
            throw GASError(.corrupted, "The bytes that came out of the vault are not those that went in.")
        }
        let description = response.headers.first(name: "x-amz-archive-description")
        try writing {
            if description?.hasSuffix(emptyMark) == true { try output.truncate(atOffset: 0) }
            try output.synchronize()
        }
    }

    private static func writing(_ body: () throws -> Void) throws {
        do { try body() } catch { throw GASError(.internal, "The file cannot be written.", cause: error) }
    }
}

extension AWSRequest {
    /// Bytes for a vault, which wants both checksums of them.
    fileprivate mutating func setBody(_ body: AWSBody, tree: String) {
        self.body = body
        headers += [("x-amz-content-sha256", body.payload.word), ("x-amz-sha256-tree-hash", tree)]
    }
}
