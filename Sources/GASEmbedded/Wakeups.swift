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
    private static let slots = 64
    /// How long a change can stay unnoticed where the file system does not tell.
    private static let longestSilence = 30

    private let bells: [Bell]
    private let folder: Int32
    private let sources: Sources
    private let logger: Logger

    /// Watches a folder, which is created with its files when missing.
    init(folder path: String, logger: Logger) throws {
        try PrivateFolder.create(path)
        for slot in 0..<Wakeups.slots { try PrivateFile.createIfMissing("\(path)/\(slot)") }
        let bells = (0..<Wakeups.slots).map { _ in Bell() }
        let watch = try FolderWatch(path)
        folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            watch.close()
            throw GASError(fileOperation: "open", path)
        }
        sources = Sources(bells: bells, watch: watch, folder: folder, every: Wakeups.longestSilence)
        self.bells = bells
        self.logger = logger
    }

    deinit { close() }

    /// The bell of a channel.
    func bell(_ channel: String) -> Bell { bells[Wakeups.slot(of: channel)] }

    /// Announces a committed change. The change is safe already, so a failure only delays those who wait.
    func announce(_ channel: String) {
        let slot = Wakeups.slot(of: channel)
        guard utimensat(folder, "\(slot)", nil, 0) != 0 else { return }
        logger.warning("cannot wake other processes", metadata: ["errno": "\(errno)", "slot": "\(slot)"])
        bells[slot].ring()
    }

    /// Stops watching.
    func close() { sources.cancel() }

    /// The same in every process, which Swift's own hash is not (FNV-1a).
    private static func slot(of channel: String) -> Int {
        let hash = channel.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Int((hash ^ (hash >> 32)) % UInt64(slots))
    }
}

extension Wakeups {
    /// The event sources that ring the bells.
    private final class Sources: Sendable {
        private struct Running {
            let reader: any DispatchSourceRead
            let timer: any DispatchSourceTimer
        }

        private let running: Mutex<Running?>

        init(bells: [Bell], watch: FolderWatch, folder: Int32, every seconds: Int) {
            let queue = DispatchQueue(label: "gas.wakeups")
            let ringAll: @Sendable () -> Void = { for bell in bells { bell.ring() } }
            let reader = DispatchSource.makeReadSource(fileDescriptor: watch.descriptor, queue: queue)
            reader.setEventHandler {
                guard let names = watch.touched() else { return ringAll() }
                for slot in Set(names).compactMap({ Int($0) }) where bells.indices.contains(slot) { bells[slot].ring() }
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
