import Foundation
import GAS
import GASTesting
import Testing

@Suite struct AuditSealTests {
    private let now = Date(timeIntervalSince1970: 1_767_225_600)

    private func log() async throws -> InMemoryAuditLog {
        let log = InMemoryAuditLog()
        for index in 1...5 {
            try await log.append(AuditEvent(.download, at: now, by: AccountID(), from: "192.0.2.1", detail: "\(index)"))
        }
        return log
    }

    private func firstBroken(_ log: InMemoryAuditLog) async throws -> Int? {
        if case .broken(let number, let reason) = try await log.verify(batch: 2) {
            #expect(!reason.isEmpty)
            return number
        }
        return nil
    }

    @Test func anUntouchedLogIsWhole() async throws {
        #expect(try await firstBroken(log()) == nil)
    }

    @Test func aChangedEntryIsNamed() async throws {
        let log = try await log()
        log.tamper(with: 3) { entry in
            let event = AuditEvent(.download, at: entry.event.time, by: nil, from: "192.0.2.1", detail: "3")
            return AuditEntry(number: 3, event: event, previous: entry.previous, seal: entry.seal)
        }
        #expect(try await firstBroken(log) == 3)
    }

    @Test func anEntrySealedAnewBetraysItselfInTheNext() async throws {
        let log = try await log()
        log.tamper(with: 3) { entry in
            let event = AuditEvent(.signIn, at: entry.event.time, by: nil)
            return log.sealing.entry(event, after: AuditHead(number: 2, seal: entry.previous))
        }
        #expect(try await firstBroken(log) == 4)
    }

    @Test func aRemovedEntryIsMissed() async throws {
        for number in [1, 3] {
            let log = try await log()
            log.tamper(with: number) { _ in nil }
            #expect(try await firstBroken(log) == number)
        }
    }

    @Test func fieldsCannotBeMovedIntoOneAnother() async throws {
        let log = try await log()
        log.tamper(with: 5) { entry in
            let event = AuditEvent(
                .download, at: entry.event.time, by: entry.event.account, from: "192.0.2.15", detail: "")
            return AuditEntry(number: 5, event: event, previous: entry.previous, seal: entry.seal)
        }
        #expect(try await firstBroken(log) == 5)
    }
}
