import GAS
import Synchronization

/// A mailer that keeps what it is given, each mail once by its id.
public final class RecordingMailer: Mailer {
    private let sent = Mutex<[Mail]>([])
    private let faults: FaultInjector

    /// Makes a mailer.
    /// - Parameter faults: passes `Mailer.send`, `.withdraw`.
    public init(faults: FaultInjector = FaultInjector()) {
        self.faults = faults
    }

    /// The mails, in the order in which they were first sent.
    public var mails: [Mail] { sent.withLock { $0 } }

    /// Forgets the mails of the account.
    public func withdraw(mailsOf account: AccountID) async throws -> Int {
        try faults.around("Mailer.withdraw") {
            sent.withLock { sent in
                let before = sent.count
                sent.removeAll { $0.account == account }
                return before - sent.count
            }
        }
    }

    /// Keeps the mail unless one of its id was sent.
    public func send(_ mail: Mail) async throws {
        try faults.around("Mailer.send") {
            sent.withLock { sent in
                if !sent.contains(where: { $0.id == mail.id }) { sent.append(mail) }
            }
        }
    }
}
