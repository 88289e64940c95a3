import Foundation
import GAS
import Testing

@Suite struct MessageTests {
    let job = Job(
        id: JobID(rawValue: "j"),
        userID: AccountID(rawValue: "u"),
        inputFileName: "a.vcf",
        input: ObjectLocation(bucket: "b", key: "k"),
        inputSize: 1,
        submitTime: Date(timeIntervalSince1970: 0)
    )

    @Test func bodiesUseTheStoredNames() throws {
        let requested = String(decoding: try JobRequested(job).encoded(), as: UTF8.self)
        #expect(requested == #"{"job_id":"j","user_id":"u"}"#)
        let finished = String(decoding: try JobFinished(job).encoded(), as: UTF8.self)
        #expect(finished == #"{"job_id":"j","job_status":"PENDING","user_id":"u"}"#)
    }

    @Test func bodiesRoundTripAndIgnoreUnknownKeys() throws {
        #expect(try JobRequested(body: try JobRequested(job).encoded()) == JobRequested(job))
        let newer = Data(#"{"job_id":"j","user_id":"u","priority":1}"#.utf8)
        #expect(try JobRequested(body: newer) == JobRequested(job))
    }

    @Test(arguments: ["", "{}", "[]", "null", #"{"job_id":1,"user_id":"u"}"#])
    func otherBodiesAreInvalid(_ body: String) {
        #expect { try JobRequested(body: Data(body.utf8)) } throws: { ($0 as? GASError)?.code == .invalid }
    }

    @Test func cursorsRoundTrip() throws {
        let cursor = JobPage.Cursor(after: job)
        let read = try #require(JobPage.Cursor(rawValue: cursor.rawValue))
        #expect(read.time == 0)
        #expect(read.jobID == job.id)
        #expect(JobPage.Cursor(rawValue: "nonsense") == nil)
    }
}
