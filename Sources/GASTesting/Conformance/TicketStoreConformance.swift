import Foundation
import GAS
import Testing

/// The rules of `TicketStore`. They can run one after the other on one store, whatever else it holds.
public enum TicketStoreConformance: String, ConformanceRule {
    case added = "a ticket that was added is read back whole, as often as one likes"
    case missing = "a ticket that does not exist is read and taken as nil"
    case unique = "a hash is there once, even when its ticket has expired"
    case taken = "a ticket is taken once"
    case expired = "an expired ticket is neither read nor taken; it is worthless from that moment on"
    case parallelAdds = "of 20 parallel adds of one hash one succeeds"
    case parallelTakes = "of 20 parallel takes of one ticket one gets it"
    case ofAccount = "the tickets of an account are deleted and counted, others stay"
    case deleteExpired = "what has expired is deleted and counted, others stay"

    /// Runs the rule.
    public func check(_ store: any TicketStore, clock: any TestClock) async throws {
        let now = Date(timeIntervalSince1970: clock.now.timeIntervalSince1970.rounded())
        let rules = TicketStoreRules(store: store, now: now)
        switch self {
        case .added: try await rules.added()
        case .missing: try await rules.missing()
        case .unique: try await rules.unique()
        case .taken: try await rules.taken()
        case .expired: try await rules.expired()
        case .parallelAdds: try await rules.parallelAdds()
        case .parallelTakes: try await rules.parallelTakes()
        case .ofAccount: try await rules.ofAccount()
        case .deleteExpired: try await rules.deleteExpired()
        }
    }
}

private struct TicketStoreRules {
    let store: any TicketStore
    let now: Date

    private func ticket(
        _ purpose: Ticket.Purpose = .address, of account: AccountID? = AccountID(), expires: Double = 60
    ) -> Ticket {
        Ticket(
            tokenHash: "hash-\(UUID().uuidString)", purpose: purpose, account: account,
            content: "ada+\"tést\"@example.org", expires: now.addingTimeInterval(expires))
    }

    private func kept(of account: AccountID? = AccountID(), expires: Double = 60) async throws -> Ticket {
        let ticket = ticket(of: account, expires: expires)
        #expect(try await store.add(ticket))
        return ticket
    }

    func added() async throws {
        for ticket in [ticket(), ticket(.signIn, of: nil)] {
            #expect(try await store.add(ticket))
            for _ in 0..<2 { #expect(try await store.ticket(tokenHash: ticket.tokenHash, at: now) == ticket) }
        }
    }

    func missing() async throws {
        let hash = ticket().tokenHash
        #expect(try await store.ticket(tokenHash: hash, at: now) == nil)
        #expect(try await store.take(tokenHash: hash, at: now) == nil)
    }

    func unique() async throws {
        for expires in [60.0, -60] {
            let first = try await kept(expires: expires)
            let other = Ticket(
                tokenHash: first.tokenHash, purpose: .signIn, account: nil, content: "",
                expires: now.addingTimeInterval(600))
            #expect(try await !store.add(other))
            #expect(try await store.ticket(tokenHash: first.tokenHash, at: now)?.content != "")
        }
    }

    func taken() async throws {
        let (one, other) = (try await kept(), try await kept())
        #expect(try await store.take(tokenHash: one.tokenHash, at: now) == one)
        #expect(try await store.take(tokenHash: one.tokenHash, at: now) == nil)
        #expect(try await store.ticket(tokenHash: one.tokenHash, at: now) == nil)
        #expect(try await store.ticket(tokenHash: other.tokenHash, at: now) == other)
    }

    func expired() async throws {
        let ticket = try await kept(expires: 60)
        let (before, then) = (now.addingTimeInterval(59.5), now.addingTimeInterval(60))
        #expect(try await store.ticket(tokenHash: ticket.tokenHash, at: then) == nil)
        #expect(try await store.take(tokenHash: ticket.tokenHash, at: then) == nil)
        #expect(try await store.take(tokenHash: ticket.tokenHash, at: before) == ticket)
    }

    func parallelAdds() async throws {
        let ticket = ticket()
        let answers = try await inParallel(20) { [store] _ in try await store.add(ticket) }
        #expect(answers.count { $0 } == 1)
    }

    func parallelTakes() async throws {
        let ticket = try await kept()
        let answers = try await inParallel(20) { [store, now] _ in
            try await store.take(tokenHash: ticket.tokenHash, at: now)
        }
        #expect(answers.compactMap { $0 } == [ticket])
    }

    func ofAccount() async throws {
        let ada = AccountID()
        for _ in 0..<2 { _ = try await kept(of: ada) }
        let others = [try await kept(), try await kept(of: nil)]
        #expect(try await store.deleteTickets(of: ada) == 2)
        #expect(try await store.deleteTickets(of: ada) == 0)
        for other in others { #expect(try await store.ticket(tokenHash: other.tokenHash, at: now) == other) }
    }

    func deleteExpired() async throws {
        // A time of its own, before whatever else the store holds.
        let then = now.addingTimeInterval(-2e9)
        let old = [try await kept(expires: -2e9 - 1), try await kept(expires: -2e9)]
        let next = try await kept(expires: -2e9 + 1)
        #expect(try await store.deleteExpired(at: then) == 2)
        for ticket in old { #expect(try await store.add(ticket)) }
        #expect(try await store.ticket(tokenHash: next.tokenHash, at: then) == next)
        #expect(try await store.deleteExpired(at: then.addingTimeInterval(1)) == 3)
    }
}
