import Foundation
import GAS
import Glibc
import Synchronization

/// Counts what HAProxy writes about each request.
public final class RequestLog: Sendable {
    /// What is counted of the requests of a stretch of time.
    public struct Counts: Sendable, Hashable {
        /// Requests answered.
        public var requests = 0
        /// Those with 200 to 299.
        public var successes = 0
        /// Those with 500 and above, and those without an answer that the browser did not give up.
        public var failures = 0
        /// Milliseconds until the head of an answer was there, of those that a web server answered.
        public var times = Tally()

        /// Nothing yet.
        public init() {}
    }

    /// Status, milliseconds until the head of the server's answer (-1 without one), and how the session ended (HAProxy's
    /// Configuration Manual, sections 8.2.4 and 8.5).
    static let format = "R %ST %Tr %ts"

    /// So much that was not read yet is kept, in bytes: some ten thousand lines.
    private static let buffer: Int32 = 1 << 20
    /// `F_SETPIPE_SZ` of fcntl(2), which Glibc's module leaves out.
    private static let setPipeSize: Int32 = 1031

    /// Where HAProxy writes.
    public let output: Int32
    private let counts = Mutex(Counts())
    private let alerts = Mutex([String]())
    /// So many of the latest alerts are kept.
    private static let mostAlerts = 20

    /// Makes a pipe and reads it on a thread of its own.
    /// - Throws: `internal` when the process has too many files open.
    public init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw GASError(.internal, "No pipe can be made (error \(errno)).") }
        let input = ends[0]
        output = ends[1]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Where it is not granted, the pipe is as large as pipes are.
        _ = fcntl(output, Self.setPipeSize, Self.buffer)
        Thread { [self] in read(input) }.start()
    }

    /// Ends the thread as soon as HAProxy is gone. To be called once.
    public func stop() { close(output) }

    /// What was counted since this was called last.
    public func take() -> Counts {
        counts.withLock { counts in
            defer { counts = Counts() }
            return counts
        }
    }

    /// What it said that is wrong since this was called last, such as a port that is taken.
    public func takeAlerts() -> [String] {
        alerts.withLock { alerts in
            defer { alerts = [] }
            return alerts
        }
    }

    private func read(_ input: Int32) {
        defer { close(input) }
        var (buffer, rest) = ([UInt8](repeating: 0, count: 65_536), [UInt8]())
        while true {
            let count = Glibc.read(input, &buffer, buffer.count)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return
            }
            rest += buffer[..<count]
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            let lines = String(decoding: rest[..<end], as: UTF8.self)
            rest.removeSubrange(...end)
            counts.withLock { counts in
                for line in lines.split(separator: "\n") { counts.add(line: line) }
            }
            let fresh = lines.split(separator: "\n").filter { $0.hasPrefix("[ALERT]") }.map(String.init)
            if !fresh.isEmpty { alerts.withLock { $0 = ($0 + fresh).suffix(Self.mostAlerts) } }
        }
    }
}

extension RequestLog.Counts {
    /// Counts a line; one that tells of something else is none.
    package mutating func add(line: Substring) {
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard fields.count == 4, fields[0] == "R", let status = Int(fields[1]), let time = Double(fields[2]) else {
            return
        }
        requests += 1
        // HAProxy writes -1 when nothing was sent; C at the beginning says that the browser went away.
        if (200...299).contains(status) { successes += 1 }
        if status >= 500 || (status < 0 && !fields[3].hasPrefix("C")) { failures += 1 }
        if time >= 0 { times.add(time) }
    }
}
