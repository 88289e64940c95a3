import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Refuses requests from which it is not clear which host they are for: servers that stand in a row could each decide
/// otherwise. With HTTP/1.1 there must be one `Host`, whose value is that of an authority; with HTTP/1.0 there may be none
/// (RFC 9112 section 3.2).
///
/// Such a request is what the parser's own errors are: 400, and the end of the connection.
final class HostRule: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        if case .head(let head) = unwrapInboundIn(data), !Self.isClear(head) {
            hasRefused = true
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        context.fireChannelRead(data)
    }

    static func isClear(_ head: HTTPRequestHead) -> Bool {
        let hosts = head.headers["Host"]
        guard let host = hosts.first else { return head.version != .http1_1 }
        return hosts.count == 1 && host.utf8.allSatisfy(isOfAuthority)
    }

    /// What host and port consist of, user names apart (RFC 3986 section 3.2).
    private static func isOfAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~%!$&'()*+;=:[]".utf8.contains(byte)
        }
    }
}

/// The framework adds our handlers behind the one that forgets the version of HTTP. This one puts `HostRule` before that.
final class HostRulePlacement: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            try pipeline.addHandler(HostRule(), position: .before(codec))
        } catch {
            // Without the rule nothing is answered.
            context.close(promise: nil)
        }
    }
}
