import Foundation
import GAS

extension S3GlacierArchive {
    /// Reads S3's event messages, in which one record is one object.
    /// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html.
    public func retrievals(announcedIn body: Data) async throws -> [RetrievalEnded]? {
        guard let message = try? JSONDecoder().decode(S3Message.self, from: body) else { return nil }
        guard let records = message.records else {
            // S3 tries a new configuration out with a message that has no records.
            return message.event == "s3:TestEvent" ? [] : nil
        }
        var retrievals: [RetrievalEnded] = []
        for record in records
        where record.eventName == "ObjectRestore:Completed" && record.s3.bucket.name == bucket {
            let archiveID = URIEncoding.decode(record.s3.object.key)
            guard let note = try await noteIfThere(on: archiveID) else { continue }
            retrievals.append(
                RetrievalEnded(
                    retrievalID: note.retrieval.id, archiveID: archiveID, jobID: note.job, isReady: true))
        }
        return retrievals
    }

    /// `nil` as well when the archive was removed meanwhile.
    private func noteIfThere(on archiveID: String) async throws -> RetrievalNote? {
        do {
            return try await note(on: archiveID)
        } catch let error as AWSError where error.isMissing {
            return nil
        } catch let error as AWSError {
            throw error.error
        }
    }
}

private struct S3Message: Decodable {
    let records: [Record]?
    let event: String?

    enum CodingKeys: String, CodingKey {
        case records = "Records"
        case event = "Event"
    }

    struct Record: Decodable {
        let eventName: String
        let s3: Place
    }

    struct Place: Decodable {
        let bucket: Bucket
        let object: Object
    }

    struct Bucket: Decodable { let name: String }

    /// The key is encoded as forms are.
    struct Object: Decodable { let key: String }
}
