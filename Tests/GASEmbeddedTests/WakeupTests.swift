import Foundation
import GAS
import GASEmbedded
import GASTesting
import Testing

/// Two databases over one file stand for two processes: they share nothing but the folder.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct WakeupTests {
    @Test func aMessageWakesAnotherProcess() async throws {
        try await Fixture.use { fixture in
            let other = fixture.queue("plain", in: try fixture.reopened())
            async let received = within { try await other.receive(limit: 1, visibility: 60, wait: 600) }
            try await sleepers(1, fixture.clock)
            try await fixture.messaging.topic.publish(Data("message".utf8))
            let deliveries = try await received
            #expect(deliveries.count == 1)
        }
    }

    @Test func aChangedJobIsToldToAnotherProcess() async throws {
        try await Fixture.use { fixture in
            let job = Job.sample(at: fixture.clock.now)
            let changes = SQLiteJobStore(database: try fixture.reopened()).changes(of: job.userID)
            async let told = within {
                for await _ in changes { return true }
                return false
            }
            _ = try await SQLiteJobStore(database: fixture.database).add(job)
            let isTold = try await told
            #expect(isTold)
        }
    }

    @Test func everyReceiverIsWokenUntilAllMessagesAreTaken() async throws {
        try await Fixture.use { fixture in
            let receivers = try (0..<4).map { _ in fixture.queue("plain", in: try fixture.reopened()) }
            async let received = within {
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for receiver in receivers {
                        group.addTask { try await receiver.receive(limit: 1, visibility: 60, wait: 600).count }
                    }
                    return try await group.reduce(0, +)
                }
            }
            try await sleepers(4, fixture.clock)
            for _ in 0..<4 { try await fixture.messaging.topic.publish(Data("message".utf8)) }
            let count = try await received
            #expect(count == 4)
        }
    }

    /// Waits until so many tasks sleep by the clock, which receivers do when they have found nothing.
    private func sleepers(_ count: Int, _ clock: ManualClock) async throws {
        try await within {
            while clock.sleepers < count { try await Task.sleep(for: .milliseconds(1)) }
        }
    }
}
