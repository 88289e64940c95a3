import GAS
import Synchronization

/// Counts the event streams that each account has open.
final class FeedSlots: Sendable {
    /// The right to one stream, given back when nobody holds it any more.
    final class Slot: Sendable {
        private let slots: FeedSlots
        private let account: AccountID

        fileprivate init(_ slots: FeedSlots, _ account: AccountID) {
            self.slots = slots
            self.account = account
        }

        deinit { slots.giveBack(account) }
    }

    private let limit: Int
    private let open = Mutex<[AccountID: Int]>([:])

    private let retrySeconds: Double

    /// Allows `limit` streams per account; who is refused is told to come again after so many seconds.
    init(limit: Int, retrySeconds: Double) {
        self.limit = limit
        self.retrySeconds = retrySeconds
    }

    /// - Throws: `Throttled` when the account has too many open.
    func take(for account: AccountID) throws -> Slot {
        let isFree = open.withLock { open in
            guard open[account, default: 0] < limit else { return false }
            open[account, default: 0] += 1
            return true
        }
        guard isFree else {
            throw Throttled(message: "Too many pages are open at once.", seconds: Int(retrySeconds.rounded(.up)))
        }
        return Slot(self, account)
    }

    private func giveBack(_ account: AccountID) {
        open.withLock { open in
            let rest = open[account, default: 1] - 1
            open[account] = rest > 0 ? rest : nil
        }
    }
}
