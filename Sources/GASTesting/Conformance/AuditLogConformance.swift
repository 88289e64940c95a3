import Foundation
import GAS
import Testing

/// The rules of `AuditLog`, each on an empty log.
public enum AuditLogConformance: String, ConformanceRule {
    case readBack = "what was added is read back whole, newest first"
    case numbers = "entries are numbered from 1 without a gap, and each names the seal of the one before"
    case filters = "entries are found by account, by whom they are about, by kind and by time"
    case pages = "a page goes on before the last entry of the page before"
    case manyAtOnce = "of many that add at the same time each gets a number of its own, and the chain is whole"
    case text = "line ends, escape sequences and characters that change the direction never get in"
    case wholeness = "a log that nobody touched is whole; a head that was noted is still there"
    case cutOff = "a log that is shorter than was noted is broken"

    /// Runs the rule.
    public func check(_ log: any AuditLog, clock: any TestClock) async throws {
        let rules = AuditLogRules(log: log, now: clock.now)
        switch self {
        case .readBack: try await rules.readBack()
        case .numbers: try await rules.numbers()
        case .filters: try await rules.filters()
        case .pages: try await rules.pages()
        case .manyAtOnce: try await rules.manyAtOnce()
        case .text: try await rules.text()
        case .wholeness: try await rules.wholeness()
        case .cutOff: try await rules.cutOff()
        }
    }
}

private struct AuditLogRules {
    let log: any AuditLog
    let now: Date
    let ada = AccountID()
    let bob = AccountID()

    private func event(_ kind: AuditKind, by account: AccountID?, about: AccountID? = nil, after seconds: Double = 0)
        -> AuditEvent
    {
        AuditEvent(
            kind, at: now.addingTimeInterval(seconds), by: account, about: about, from: "2001:db8::1",
            detail: "job 1, \"quoted\", ünïcode")
    }

    func readBack() async throws {
        let first = try await log.append(event(.signIn, by: ada))
        let second = try await log.append(event(.adminRead, by: bob, about: ada))
        let third = try await log.append(event(.signInFailed, by: nil))
        #expect(first.event == event(.signIn, by: ada))
        #expect(try await log.entries(AuditFilter(), before: nil, limit: 10) == [third, second, first])
        #expect(try await log.chain(after: 1, limit: 10) == [second, third])
    }

    func numbers() async throws {
        var previous = AuditSeal.first
        for number in 1...5 {
            let entry = try await log.append(event(.download, by: ada))
            #expect(entry.number == number)
            #expect(entry.previous == previous)
            #expect(log.sealing.holds(entry))
            previous = entry.seal
        }
    }

    func filters() async throws {
        let own = try await log.append(event(.signIn, by: ada))
        let about = try await log.append(event(.adminRead, by: bob, about: ada, after: 10))
        let others = try await log.append(event(.signIn, by: bob, after: 20))
        func found(_ filter: AuditFilter) async throws -> [AuditEntry] {
            try await log.entries(filter, before: nil, limit: 10)
        }
        #expect(try await found(AuditFilter(account: ada)) == [about, own])
        #expect(try await found(AuditFilter(account: bob)) == [others, about])
        #expect(try await found(AuditFilter(kinds: [.signIn])) == [others, own])
        #expect(try await found(AuditFilter(kinds: [.signIn, .adminRead])) == [others, about, own])
        #expect(try await found(AuditFilter(since: now.addingTimeInterval(10))) == [others, about])
        #expect(try await found(AuditFilter(account: ada, kinds: [.signIn], since: now)) == [own])
        #expect(try await found(AuditFilter(account: AccountID())).isEmpty)
    }

    func pages() async throws {
        var all: [AuditEntry] = []
        for _ in 1...5 { all.insert(try await log.append(event(.download, by: ada)), at: 0) }
        let first = try await log.entries(AuditFilter(account: ada), before: nil, limit: 2)
        let second = try await log.entries(AuditFilter(account: ada), before: first.last?.number, limit: 2)
        let third = try await log.entries(AuditFilter(account: ada), before: second.last?.number, limit: 2)
        #expect(first + second + third == all)
        #expect(third.count == 1)
    }

    func manyAtOnce() async throws {
        let log = log
        let numbers = try await inParallel(30) { index in
            try await log.append(AuditEvent(.download, at: now, by: ada, detail: "\(index)")).number
        }
        #expect(Set(numbers) == Set(1...30))
        guard case .whole(let head) = try await log.verify(batch: 7) else {
            Issue.record("The chain is broken.")
            return
        }
        #expect(head?.number == 30)
    }

    func text() async throws {
        let entry = try await log.append(
            AuditEvent(
                .signInFailed, at: now, by: nil, from: "1.2.3.4\r\n5.6.7.8",
                detail: "a\r\nb\u{1B}[31mc\u{202E}d\u{2028}e\u{0}" + String(repeating: "x", count: 1000)))
        #expect(entry.event.address == "1.2.3.4··5.6.7.8")
        #expect(entry.event.detail.hasPrefix("a··b·[31mc·d·e·x"))
        #expect(entry.event.detail.count == AuditEvent.longestDetail)
        #expect(try await log.chain(after: 0, limit: 1) == [entry])
        #expect(try await log.verify() == .whole(AuditHead(number: 1, seal: entry.seal)))
    }

    func wholeness() async throws {
        #expect(try await log.verify() == .whole(nil))
        let first = try await log.append(event(.signIn, by: ada))
        let noted = AuditHead(number: first.number, seal: first.seal)
        let last = try await log.append(event(.signOut, by: ada))
        #expect(try await log.verify(noted: noted, batch: 1) == .whole(AuditHead(number: 2, seal: last.seal)))
        let other = AuditHead(number: 1, seal: AuditSeal.first)
        guard case .broken(1, _) = try await log.verify(noted: other) else {
            Issue.record("Another seal was noted, and nobody sees it.")
            return
        }
    }

    func cutOff() async throws {
        let entry = try await log.append(event(.signIn, by: ada))
        #expect(try await log.verify(noted: AuditHead(number: 3, seal: entry.seal)) == .cut(last: 1, noted: 3))
    }
}
