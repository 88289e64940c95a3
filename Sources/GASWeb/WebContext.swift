import GASIdentity
import Hummingbird
import Logging
import NIOCore

/// What Hummingbird carries along with one request.
package struct WebContext: RequestContext {
    /// Logger, route and path parameters.
    package var coreContext: CoreRequestContextStorage
    /// Where the request comes from: the browser, or the proxy before us.
    let remoteAddress: String?
    /// Names the request in the log and on the page that tells of a fault of ours.
    let requestID: String

    /// Takes what the connection knows.
    package init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
        requestID = String(RandomToken.make().prefix(16))
        logger[metadataKey: "request_id"] = "\(requestID)"
    }
}
