import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Gives the security headers to answers that never came past the middleware: those of the server itself to what is not
/// HTTP.
final class BareAnswerHeaders: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let fields: HTTPFields

    init(fields: HTTPFields) {
        self.fields = fields
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), head.headerFields[.xContentTypeOptions] == nil else {
            return context.write(data, promise: promise)
        }
        for field in fields { head.headerFields[field.name] = field.value }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
