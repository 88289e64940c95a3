import AsyncHTTPClient
import Foundation
import GAS
import NIOHTTP1

/// An archive in S3's storage class Glacier Flexible Retrieval: a bucket of its own, in which each archive is an object
/// named by the archive's id.
/// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html.
///
/// An object has one restoration at a time, and S3 gives it no name. Its name, and whose result it is, are noted in tags of
/// the object before it is asked for, and read again when S3 announces the end.
public struct S3GlacierArchive: ArchiveStore, GlacierAnnouncements {
    let bucket: String
    let client: AWSClient
    private let objects: S3ObjectStore
    private let settings: S3GlacierSettings
    private let thaw: any Topic
    private let clock: any WallClock

    /// - Parameters:
    ///   - bucket: holds nothing else; it announces `s3:ObjectRestore:Completed` to the topic or queue `thaw`.
    ///   - thaw: the topic `thaw`, to which this adapter itself announces what was readable already.
    public init(
        bucket: String, client: AWSClient, thaw: any Topic, settings: S3GlacierSettings = S3GlacierSettings(),
        clock: any WallClock
    ) {
        self.bucket = bucket
        self.client = client
        self.settings = settings
        self.thaw = thaw
        self.clock = clock
        objects = S3ObjectStore(client: client, settings: settings.objects)
    }

    /// Uploads the file into the archive's class of storage at once. What is archived under that name already is not replaced:
    /// AWS would take money for 90 days of either.
    public func put(file: String, name: String) async throws -> Archive {
        guard !name.isEmpty, name.utf8.count <= 1024 else {
            throw GASError(.invalid, "An archive needs a name of 1 to 1,024 bytes.")
        }
        let written = try await objects.put(file: file, at: location(name), mode: .keep)
        return Archive(id: name, size: written.size, storedSize: written.size)
    }

    /// Notes the retrieval on the object, and asks S3. Of a restoration that is under way, that one is the answer.
    public func retrieve(_ archiveID: String, tier: RetrievalTier, for job: JobID) async throws -> RetrievalAnswer {
        let now = clock.now
        let asked = Retrieval(
            id: UUID().uuidString.lowercased(), tier: tier, expected: settings.times.end(of: tier, from: now))
        do {
            if try await restoration(of: archiveID) == .underWay, let note = try await note(on: archiveID) {
                return .begun(note.retrieval)
            }
            try await write(RetrievalNote(retrieval: asked, job: job), on: archiveID)
            guard try await restore(archiveID, tier: tier) == .isReadable else { return .begun(asked) }
            // S3 announces the end of what it begins, and this it has not begun.
            try await thaw.publish(
                RetrievalEnded(retrievalID: asked.id, archiveID: archiveID, jobID: job, isReady: true).encoded())
            return .begun(Retrieval(id: asked.id, tier: tier, expected: now))
        } catch let error as AWSError where error.isWithoutCapacity {
            return .noCapacity
        } catch let error as AWSError where error.isMissing {
            throw GASError(.notFound, "There is no such archive.", cause: error)
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Looks at the head of the object.
    public func state(of retrieval: String, archiveID: String) async throws -> RetrievalState {
        do {
            return try await restoration(of: archiveID)
        } catch let error as AWSError where error.isMissing {
            return .gone
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Downloads the restored copy. The checksum is the one that was noted when the archive was written.
    public func get(_ retrieval: String, archiveID: String, toFile file: String) async throws {
        guard try await state(of: retrieval, archiveID: archiveID) == .ready else {
            throw GASError(.notFound, "There is no readable copy of the archive.")
        }
        _ = try await objects.get(location(archiveID), toFile: file)
    }

    /// Deletes the object, and with it any restored copy.
    public func delete(_ archiveID: String) async throws { try await objects.delete(location(archiveID)) }

    /// Lists the bucket.
    public func list(after archiveID: String?, limit: Int) async throws -> [ArchiveEntry] {
        try await objects.list(bucket: bucket, prefix: "", after: archiveID, limit: limit).map {
            ArchiveEntry(id: $0.location.key, name: $0.location.key, created: $0.modified)
        }
    }

    private func location(_ archiveID: String) -> ObjectLocation { ObjectLocation(bucket: bucket, key: archiveID) }

    private enum Restoration {
        case begun
        case isReadable
    }

    /// - Throws: `AWSError`.
    private func restore(_ archiveID: String, tier: RetrievalTier) async throws -> Restoration {
        var request = request("POST", archiveID, "restore")
        request.setXML(
            """
            <RestoreRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Days>\(settings.keepDays)</Days>\
            <GlacierJobParameters><Tier>\(tier.rawValue)</Tier></GlacierJobParameters></RestoreRequest>
            """)
        do {
            return try await client.send(request) { response in
                response.status == .ok ? .isReadable : .begun
            }.value
        } catch let error as AWSError where error.code == "RestoreAlreadyInProgress" {
            // Somebody else was first, or an earlier try of this request whose answer got lost.
            return .begun
        }
    }

    /// What S3 says of a restored copy. An expired one it does not mention.
    /// - Throws: `AWSError`.
    private func restoration(of archiveID: String) async throws -> RetrievalState {
        let headers = try await objects.head(location(archiveID))
        guard let restore = headers.first(name: "x-amz-restore") else { return .gone }
        return restore.contains("ongoing-request=\"true\"") ? .underWay : .ready
    }

    func request(_ method: String, _ archiveID: String, _ subresource: String) -> AWSRequest {
        objects.request(method, location(archiveID), query: [(subresource, "")])
    }
}
