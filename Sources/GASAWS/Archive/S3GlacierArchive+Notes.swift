import Foundation
import GAS

/// What is noted on an object about the retrieval that it goes through.
struct RetrievalNote {
    let retrieval: Retrieval
    let job: JobID
}

/// Notes are tags, which may be changed on archived objects too.
/// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html.
extension S3GlacierArchive {
    /// - Throws: `AWSError`; `invalid` for the id of a job that is no word of tags.
    func write(_ note: RetrievalNote, on archiveID: String) async throws {
        guard note.job.rawValue.utf8.allSatisfy(Self.isPlain), note.job.rawValue.utf8.count <= 256 else {
            throw GASError(.invalid, "The id of the job cannot be noted in S3.")
        }
        let tags = [
            Tag.retrieval: note.retrieval.id, .job: note.job.rawValue, .tier: note.retrieval.tier.rawValue,
            .expected: "\(note.retrieval.expected.milliseconds)",
        ]
        let list = tags.sorted { $0.key.rawValue < $1.key.rawValue }.map { tag, value in
            "<Tag><Key>\(tag.rawValue)</Key><Value>\(value)</Value></Tag>"
        }.joined()
        var request = request("PUT", archiveID, "tagging")
        request.setXML("<Tagging><TagSet>\(list)</TagSet></Tagging>")
        _ = try await client.send(request)
    }

    /// - Returns: `nil` when nothing was noted.
    /// - Throws: `AWSError`.
    func note(on archiveID: String) async throws -> RetrievalNote? {
        let answer = try await client.send(request("GET", archiveID, "tagging"))
        let tags = XMLNode(parsing: answer.value)?["TagSet"]?.all("Tag") ?? []
        func value(_ tag: Tag) -> String? { tags.first { $0["Key"]?.text == tag.rawValue }?["Value"]?.text }
        guard let id = value(.retrieval), let job = value(.job),
            let tier = value(.tier).flatMap(RetrievalTier.init), let expected = value(.expected).flatMap({ Int($0) })
        else { return nil }
        return RetrievalNote(
            retrieval: Retrieval(id: id, tier: tier, expected: Date(milliseconds: expected)),
            job: JobID(rawValue: job))
    }

    private enum Tag: String {
        case retrieval = "gas-retrieval"
        case job = "gas-job"
        case tier = "gas-tier"
        case expected = "gas-expected"
    }

    /// Letters, digits and those of S3's signs that mean nothing in XML.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
