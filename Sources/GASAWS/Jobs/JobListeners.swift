import Foundation
import GAS
import Synchronization

/// Who waits for changes of an account's jobs. Those of this process are told at once; for those of others, which DynamoDB does
/// not announce, everybody looks again after a while.
final class JobListeners: Sendable {
    private struct Entry {
        weak var bell: Bell?
    }

    private let pollSeconds: Double
    private let clock: any WallClock
    private let bells = Mutex<[AccountID: Entry]>([:])

    init(pollSeconds: Double, clock: any WallClock) {
        self.pollSeconds = pollSeconds
        self.clock = clock
    }

    func announce(_ account: AccountID) {
        bells.withLock { $0[account]?.bell }?.ring()
    }

    func changes(of account: AccountID) -> AsyncStream<Void> {
        let bell = bell(of: account)
        let (clock, pollSeconds, start) = (clock, pollSeconds, bell.rings)
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                var seen = start
                // Waiting ends with an error only when the reader has gone.
                while (try? await bell.wait(
                    past: seen, until: clock.now.addingTimeInterval(pollSeconds), by: clock)) != nil
                {
                    seen = bell.rings
                    continuation.yield()
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// The account's bell, as long as somebody listens to it.
    private func bell(of account: AccountID) -> Bell {
        bells.withLock { bells in
            if let bell = bells[account]?.bell { return bell }
            bells = bells.filter { $0.value.bell != nil }
            let bell = Bell()
            bells[account] = Entry(bell: bell)
            return bell
        }
    }
}
