import GASFarm
import Glibc
import Testing

@Suite("Ports to listen at")
struct ListeningPortTests {
    @Test("One that somebody listens at is taken, even if they would share it", arguments: ["127.0.0.1", "0.0.0.0"])
    func taken(_ host: String) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var share: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &share, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try #require(bind(socket, $0, length) == 0)
                try #require(listen(socket, 1) == 0)
                try #require(getsockname(socket, $0, &length) == 0)
            }
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        #expect(!ListeningPort.isFree(port, of: host))
        shutdown(socket, Int32(SHUT_RDWR))
        #expect(ListeningPort.isFree(port, of: host))
    }

    @Test("An address that is not this machine's says nothing")
    func foreign() {
        #expect(ListeningPort.isFree(4433, of: "192.0.2.1"))
    }
}
