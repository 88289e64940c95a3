import Foundation
import GAS
import Glibc

/// Sockets that are files.
enum UnixSocket {
    /// Longest path that the kernel takes, in bytes.
    static let longestPath = 107

    /// Sends a text and reads until the other side closes. Waits at most 5 s for each part of the answer.
    static func exchange(_ text: String, at path: String) throws -> String {
        let socket = try open(SOCK_STREAM)
        defer { close(socket) }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard try withAddress(path, { connect(socket, $0, $1) }) == 0 else { throw failure("connect to", path) }
        let bytes = Array(text.utf8)
        guard send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw failure("write to", path)
        }
        shutdown(socket, Int32(SHUT_WR))
        var (answer, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count < 0 { throw failure("read from", path) }
            if count == 0 { break }
            answer += buffer[..<count]
        }
        return String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func open(_ kind: __socket_type) throws -> Int32 {
        let socket = Glibc.socket(AF_UNIX, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw GASError(.internal, "No socket can be made (error \(errno)).") }
        return socket
    }

    private static func failure(_ action: String, _ path: String) -> GASError {
        GASError(.unavailable, "The farm cannot \(action) the socket \(path) (error \(errno)).")
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let bytes = Array(path.utf8)
        guard bytes.count <= longestPath else {
            throw GASError(
                .invalid, "The path \(path) is too long for a socket; choose a shorter data folder for the farm.")
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
