import NIOCore
import NIOHTTPTypes

/// Ends connections whose client sends on purpose, or for other reasons, so slowly that they do nothing but take up room:
/// the head of the first request must be there after a while, and a body must come at some pace.
///
/// The server's own idle timeout cannot do that, since a byte now and then is not idle.
final class SlowRequestGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    /// What is too slow.
    struct Limits: Sendable {
        /// By when the first head must be there.
        let head: TimeAmount
        /// Bytes that must come within each period while a body comes.
        let bytes: Int
        let period: TimeAmount
    }

    private let limits: Limits
    private var timer: Scheduled<Void>?
    private var received = 0

    init(limits: Limits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { awaitHead(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelActive(context: ChannelHandlerContext) {
        awaitHead(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: watchBody(context)
        case .body(let bytes): received += bytes.readableBytes
        case .end: stop()
        }
        context.fireChannelRead(data)
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }

    private func awaitHead(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limits.head) { context.close(promise: nil) }
    }

    private func watchBody(_ context: ChannelHandlerContext) {
        stop()
        received = 0
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limits.period) { [self] in
            guard received >= limits.bytes else { return context.close(promise: nil) }
            watchBody(context)
        }
    }
}
