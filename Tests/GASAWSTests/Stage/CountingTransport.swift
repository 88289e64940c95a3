import AsyncHTTPClient
import GASAWS
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// A transport that notes which actions it carries.
final class CountingTransport: AWSTransport {
    private let base: any AWSTransport
    private let actions = Mutex<[String]>([])

    init(_ base: any AWSTransport) { self.base = base }

    /// How many actions of services that speak JSON fulfil a condition.
    func count(where condition: (String) -> Bool) -> Int { actions.withLock { $0.count(where: condition) } }

    func execute(
        _ request: HTTPClientRequest, timeout: TimeAmount, logger: Logger?
    ) async throws -> HTTPClientResponse {
        if let action = request.headers.first(name: "X-Amz-Target") { actions.withLock { $0.append(action) } }
        return try await base.execute(request, timeout: timeout, logger: logger)
    }
}
