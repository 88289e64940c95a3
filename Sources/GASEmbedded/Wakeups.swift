import Dispatch
import Foundation
import GAS
import Glibc
import Logging
import Synchronization

/// Wakes whoever waits for a change of the database, in this process and in all others that have it open.
///
/// A change belongs to a channel, a name such as a queue's. Channels are spread over a fixed number of slots; each is a
/// bell in every process and an empty file in a folder that all watch. Whoever commits a change touches the slot's
/// file, and the kernel (inotify) tells every process, this one included. Nobody polls. Because two channels may share
/// a slot, and because everything rings now and then in case a file system keeps silent, a waiter looks anew each time.
final class Wakeups: Sendable {
    /// How long a change can stay unnoticed where the file system does not tell.
    private static let longestSilence = 30

    private let board = BellBoard()
    private let folder: Int32
    private let sources: Sources
    private let logger: Logger

    /// Watches a folder, which is created with its files when missing.
    init(folder path: String, logger: Logger) throws {
        try PrivateFolder.create(path)
        for slot in 0..<BellBoard.slots { try PrivateFile.createIfMissing("\(path)/\(slot)") }
        let watch = try FolderWatch(path)
        folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            watch.close()
            throw GASError(fileOperation: "open", path)
        }
        sources = Sources(board: board, watch: watch, folder: folder, every: Wakeups.longestSilence)
        self.logger = logger
    }

    deinit { close() }

    /// The bell of a channel.
    func bell(_ channel: String) -> Bell { board[channel] }

    /// Announces a committed change. The change is safe already, so a failure only delays those who wait.
    func announce(_ channel: String) {
        let slot = BellBoard.slot(of: channel)
        guard utimensat(folder, "\(slot)", nil, 0) != 0 else { return }
        logger.warning("cannot wake other processes", metadata: ["errno": "\(errno)", "slot": "\(slot)"])
        board.ring(slot: slot)
    }

    /// Stops watching.
    func close() { sources.cancel() }
}

extension Wakeups {
    /// The event sources that ring the bells.
    private final class Sources: Sendable {
        private struct Running {
            let reader: any DispatchSourceRead
            let timer: any DispatchSourceTimer
        }

        private let running: Mutex<Running?>

        init(board: BellBoard, watch: FolderWatch, folder: Int32, every seconds: Int) {
            let queue = DispatchQueue(label: "gas.wakeups")
            let ringAll: @Sendable () -> Void = { board.ringAll() }
            let reader = DispatchSource.makeReadSource(fileDescriptor: watch.descriptor, queue: queue)
            reader.setEventHandler {
                guard let names = watch.touched() else { return ringAll() }
                for slot in Set(names).compactMap({ Int($0) }) { board.ring(slot: slot) }
            }
            // The kernel may still be looking at a descriptor until its source says that it is cancelled.
            reader.setCancelHandler {
                watch.close()
                Glibc.close(folder)
            }
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.setEventHandler(handler: ringAll)
            timer.schedule(deadline: .now() + .seconds(seconds), repeating: .seconds(seconds), leeway: .seconds(1))
            reader.activate()
            timer.activate()
            running = Mutex(Running(reader: reader, timer: timer))
        }

        func cancel() {
            running.withLock { running in
                running?.reader.cancel()
                running?.timer.cancel()
                running = nil
            }
        }
    }
}
