import GASIdentity
import Hummingbird
import Logging
import NIOCore

/// What Hummingbird carries along with one request.
package struct WebContext: RequestContext {
    /// Logger, route and path parameters.
    package var coreContext: CoreRequestContextStorage
    /// Where the request comes from: the browser, or a proxy before us that is not trusted to say for whom.
    var remoteAddress: String?
    /// The same, once it is known who is a proxy of ours; `nil` where there is no network.
    var clientAddress: NetworkAddress?
    /// Names the request in the log and on the page that tells of a fault of ours.
    let requestID: String

    /// Takes what the connection knows.
    package init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
        requestID = String(RandomToken.make().prefix(16))
        // The framework numbers requests too; one name for a request is enough.
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: "request_id"] = "\(requestID)"
    }

    /// The name of the request, in place of the framework's own, which the logger no longer has.
    var id: String { requestID }
}
