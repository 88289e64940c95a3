import GAS
import Glibc

/// An inotify instance that reports which files of one folder were touched.
struct FolderWatch: Sendable {
    let descriptor: Int32

    /// Begins to watch.
    init(_ path: String) throws {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else {
            let failure = GASError(fileOperation: "watch", path)
            throw GASError(
                .unavailable,
                "The data folder cannot be watched. Raise fs.inotify.max_user_instances.",
                cause: failure
            )
        }
        guard inotify_add_watch(descriptor, path, UInt32(IN_ATTRIB)) >= 0 else {
            let failure = GASError(fileOperation: "watch", path)
            close()
            throw GASError(
                .unavailable,
                "The data folder cannot be watched. Raise fs.inotify.max_user_watches.",
                cause: failure
            )
        }
    }

    /// The names of the files touched since the last call; `nil` when the kernel lost count.
    func touched() -> [String]? {
        var names: [String] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return names }
            guard let more = FolderWatch.names(in: buffer[..<count]) else { return nil }
            names += more
        }
    }

    /// Ends the watch.
    func close() { Glibc.close(descriptor) }

    /// Events follow one another, each a header and a name padded with zeros.
    private static func names(in events: ArraySlice<UInt8>) -> [String]? {
        let header = MemoryLayout<inotify_event>.size
        var names: [String] = []
        var rest = events
        while rest.count >= header {
            let event = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
            guard event.mask & UInt32(IN_Q_OVERFLOW) == 0 else { return nil }
            let name = rest.dropFirst(header).prefix(Int(event.len))
            names.append(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
            rest = rest.dropFirst(header + Int(event.len))
        }
        return names
    }
}
