import Dispatch
import GAS
import Glibc
import Logging
import Synchronization

/// Hears the notifications of the server, on a connection and a thread of its own, and rings the bells they name.
///
/// What is announced while nobody listens is lost, so that all bells ring whenever a connection was made anew.
final class Listener: Sendable {
    static let channel = "gas_wakeups"
    private static let pauses = 0.1...5.0

    private let settings: PostgresSettings
    private let board: BellBoard
    private let logger: Logger
    /// A pipe: its first end becomes readable when it is time to end.
    private let pipe: (reading: Int32, writing: Int32)
    private let isStopped = Mutex(false)

    init(settings: PostgresSettings, board: BellBoard, logger: Logger) throws {
        self.settings = settings
        self.board = board
        self.logger = logger
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else {
            throw GASError(.unavailable, "The process has too many files open. Raise its limit.")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipe = (reading: ends[0], writing: ends[1])
    }

    deinit {
        Glibc.close(pipe.reading)
        Glibc.close(pipe.writing)
    }

    /// Begins to listen.
    func start() {
        DispatchQueue(label: "gas.postgres.listener").async { self.run() }
    }

    /// Ends; announcing it twice is no error.
    func stop() {
        let wasStopped = isStopped.withLock { isStopped in
            defer { isStopped = true }
            return isStopped
        }
        if !wasStopped { Glibc.write(pipe.writing, [0] as [UInt8], 1) }
    }

    private func run() {
        var pause = Self.pauses.lowerBound
        var isAway = false
        while !isStopped.withLock({ $0 }) {
            // The first call fetches it.
            guard settings.password == nil || settings.password?.last != nil else {
                wait(seconds: pause)
                continue
            }
            let password = settings.password?.last
            do {
                let link = try ServerLink(settings)
                try link.query("LISTEN \(Self.channel)")
                pause = Self.pauses.lowerBound
                if isAway { logger.notice("Listening to the PostgreSQL server again.") }
                isAway = false
                board.ringAll()
                try listen(link)
            } catch {
                logger.log(
                    // Once each time that it goes away.
                    level: isAway ? .debug : .warning,
                    "Cannot listen to the PostgreSQL server now; changes are noticed late.",
                    metadata: ["cause": "\(error)"])
                isAway = true
                if (error as? PostgresFailure)?.isRefusedPassword == true { renew(password) }
                // Whoever waits looks anew: there may be nobody to ring.
                board.ringAll()
                wait(seconds: pause)
                pause = min(pause * 2, Self.pauses.upperBound)
            }
        }
    }

    /// Waits, or less when it is time to end.
    private func wait(seconds: Double) {
        var descriptor = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
        poll(&descriptor, 1, Int32(seconds * 1000))
    }

    /// Has another password fetched, for the next try.
    private func renew(_ refused: String?) {
        guard let password = settings.password else { return }
        Task { [logger] in
            do { _ = try await password.renew(insteadOf: refused) } catch {
                logger.warning("The password of PostgreSQL cannot be fetched.", metadata: ["cause": "\(error)"])
            }
        }
    }

    private func listen(_ link: ServerLink) throws {
        while !isStopped.withLock({ $0 }) {
            let slots = try link.notifications(orInterruption: pipe.reading, seconds: settings.silenceSeconds)
            if slots.isEmpty {
                // Silence, or a connection of which nobody knows that it is dead.
                try link.query("SELECT 1")
                board.ringAll()
            }
            for slot in Set(slots).compactMap({ Int($0) }) { board.ring(slot: slot) }
        }
    }
}

extension ServerLink {
    /// Announces a change, to everybody, as soon as the transaction is committed.
    func announce(_ channel: String) throws {
        try query(
            "SELECT pg_notify($1, $2)", [.text(Listener.channel), .text("\(BellBoard.slot(of: channel))")])
    }
}
