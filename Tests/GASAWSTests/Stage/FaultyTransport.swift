import AsyncHTTPClient
import GASAWS
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// How bad the way to AWS is: shares of requests that fare so, 0 to 1.
struct Weather: Sendable, Hashable, CustomStringConvertible {
    var throttled = 0.0
    var serverErrors = 0.0
    /// The connection breaks before the request has arrived.
    var lostRequests = 0.0
    /// The request takes effect, then the connection breaks.
    var lostAnswers = 0.0

    static let fair = Weather()
    /// Nothing takes effect without being acknowledged.
    static let foul = Weather(throttled: 0.07, serverErrors: 0.07, lostRequests: 0.07)
    static let storm = Weather(throttled: 0.07, serverErrors: 0.07, lostRequests: 0.07, lostAnswers: 0.1)

    var description: String {
        switch self {
        case .fair: "fair weather"
        case .foul: "foul weather"
        default: "a storm, in which answers get lost"
        }
    }
}

/// A transport on which things go wrong by chance, in an order that a seed tells.
final class FaultyTransport: AWSTransport {
    private let base: any AWSTransport
    private let weather: Weather
    private let random: Mutex<SplitMix>

    init(_ base: any AWSTransport, _ weather: Weather, seed: UInt64 = 1) {
        self.base = base
        self.weather = weather
        random = Mutex(SplitMix(state: seed))
    }

    func execute(
        _ request: HTTPClientRequest, timeout: TimeAmount, logger: Logger?
    ) async throws -> HTTPClientResponse {
        var chance = random.withLock { Double.random(in: 0..<1, using: &$0) }
        let speaksJSON = request.headers.first(name: "Content-Type")?.contains("json") == true
        func isNow(_ share: Double) -> Bool {
            defer { chance -= share }
            return chance >= 0 && chance < share
        }
        if isNow(weather.throttled) {
            return speaksJSON
                ? .jsonError(.badRequest, "ThrottlingException") : .xmlError(.serviceUnavailable, "SlowDown")
        }
        if isNow(weather.serverErrors) {
            return .stage(.internalServerError, "<html>Internal Server Error</html>")
        }
        if isNow(weather.lostRequests) { throw HTTPClientError.remoteConnectionClosed }
        let response = try await base.execute(request, timeout: timeout, logger: logger)
        if isNow(weather.lostAnswers) {
            for try await _ in response.body {}
            throw HTTPClientError.remoteConnectionClosed
        }
        return response
    }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
