import Foundation
import GAS
import GASAWS
import GASTesting
import Testing

/// The rules of the job store, on DynamoDB.
@Suite(.enabled(if: AWSStage.has("dynamodb"), AWSStage.absence), .serialized, .timeLimit(.minutes(2)))
struct JobTests {
    private func store(in weather: Weather = .fair) async throws -> DynamoDBJobStore {
        let table = "t-\(UUID().uuidString.lowercased())_annotations"
        // Twice is as good as once.
        for _ in 1...2 { try await AWSStage.resources.makeJobTable(named: table) }
        return DynamoDBJobStore(table: table, client: AWSStage.client(in: weather), pollSeconds: 1)
    }

    @Test(arguments: JobStoreConformance.allCases, [Weather.fair, .storm])
    func jobStore(_ rule: JobStoreConformance, _ weather: Weather) async throws {
        try await rule.check(try await store(in: weather), clock: RealTestClock(unit: 1))
    }

    @Test(arguments: JobDeletionConformance.allCases)
    func deletion(_ rule: JobDeletionConformance) async throws {
        // Stores keep whole milliseconds.
        let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
        try await rule.check(try await store(), clock: ManualClock(now: now))
    }

    /// A second store is another process: it learns of changes by looking again.
    @Test func changesOfOthers() async throws {
        let table = "t-\(UUID().uuidString.lowercased())_annotations"
        try await AWSStage.resources.makeJobTable(named: table)
        let ours = DynamoDBJobStore(table: table, client: AWSStage.client, pollSeconds: 0.2)
        let theirs = DynamoDBJobStore(table: table, client: AWSStage.client)
        let job = Job.sample(at: Date(timeIntervalSince1970: 1_800_000_000))
        let seen = try await within {
            let changes = ours.changes(of: job.userID)
            #expect(try await theirs.add(job))
            for await _ in changes where try await ours.job(job.id) == job { return true }
            return false
        }
        #expect(seen)
    }
}
