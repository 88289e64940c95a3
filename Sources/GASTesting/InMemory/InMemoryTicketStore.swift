import Foundation
import GAS
import Synchronization

/// Tickets in memory.
public final class InMemoryTicketStore: TicketStore {
    private let tickets = Mutex<[String: Ticket]>([:])
    private let faults: FaultInjector

    /// Makes an empty store.
    /// - Parameter faults: passes `TicketStore.add`, `.ticket`, `.take`, `.deleteTickets`, `.deleteExpired`.
    public init(faults: FaultInjector = FaultInjector()) {
        self.faults = faults
    }

    /// How many there are, whatever their state.
    public var count: Int { tickets.withLock { $0.count } }

    /// Keeps it, if its hash is new.
    public func add(_ ticket: Ticket) async throws -> Bool {
        try faults.around("TicketStore.add") {
            tickets.withLock { tickets in
                guard tickets[ticket.tokenHash] == nil else { return false }
                tickets[ticket.tokenHash] = ticket
                return true
            }
        }
    }

    /// Looks it up.
    public func ticket(tokenHash: String, at time: Date) async throws -> Ticket? {
        try faults.around("TicketStore.ticket") {
            tickets.withLock { $0[tokenHash] }.flatMap { $0.expires > time ? $0 : nil }
        }
    }

    /// Takes it.
    public func take(tokenHash: String, at time: Date) async throws -> Ticket? {
        try faults.around("TicketStore.take") {
            tickets.withLock { tickets in
                guard let ticket = tickets[tokenHash], ticket.expires > time else { return nil }
                tickets[tokenHash] = nil
                return ticket
            }
        }
    }

    /// Filters.
    public func deleteTickets(of account: AccountID) async throws -> Int {
        try faults.around("TicketStore.deleteTickets") { delete { $0.account == account } }
    }

    /// Filters.
    public func deleteExpired(at time: Date) async throws -> Int {
        try faults.around("TicketStore.deleteExpired") { delete { $0.expires <= time } }
    }

    private func delete(_ isUnwanted: (Ticket) -> Bool) -> Int {
        tickets.withLock { tickets in
            let unwanted = tickets.values.filter(isUnwanted)
            for ticket in unwanted { tickets[ticket.tokenHash] = nil }
            return unwanted.count
        }
    }
}
