import Glibc

/// Ports at which a program means to listen.
package enum ListeningPort {
    /// Whether nobody has the port. An address that this machine does not have, or cannot look up now, says nothing about
    /// its ports: whoever listens there finds out.
    package static func isFree(_ port: Int, of host: String) -> Bool {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &first) == 0 else { return true }
        defer { freeaddrinfo(first) }
        var next = first
        while let address = next {
            if isTaken(address.pointee) { return false }
            next = address.pointee.ai_next
        }
        return true
    }

    private static func isTaken(_ address: addrinfo) -> Bool {
        let socket = Glibc.socket(address.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        // As servers do: connections that end do not keep a port.
        var reuse: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        return bind(socket, address.ai_addr, address.ai_addrlen) != 0 && errno == EADDRINUSE
    }
}
