import Hummingbird
import Logging
import NIOCore

/// What Hummingbird carries along with one request.
package struct WebContext: RequestContext {
    /// Logger, route and path parameters.
    package var coreContext: CoreRequestContextStorage
    /// Where the request comes from: the browser, or the proxy before us.
    let remoteAddress: String?

    /// Takes what the connection knows.
    package init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }
}
