import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// A transport that answers as a test has written down, one answer after the other; the last one stays.
final class ScriptedTransport: AWSTransport {
    enum Step: Sendable {
        case reply(@Sendable () -> HTTPClientResponse)
        case failure(any Error & Sendable)

        /// An answer that is made anew each time, for its body can be read once.
        static func answer(_ response: @autoclosure @escaping @Sendable () -> HTTPClientResponse) -> Step {
            .reply(response)
        }
    }

    private let state: Mutex<(steps: [Step], requests: [StageRequest])>

    convenience init(_ steps: Step...) { self.init(steps) }

    init(_ steps: [Step]) { state = Mutex((steps, [])) }

    /// What was asked so far.
    var requests: [StageRequest] { state.withLock { $0.requests } }

    func execute(
        _ request: HTTPClientRequest, timeout: TimeAmount, logger: Logger?
    ) async throws -> HTTPClientResponse {
        let request = try await StageRequest(request)
        let step = state.withLock { state in
            state.requests.append(request)
            return state.steps.count > 1 ? state.steps.removeFirst() : state.steps[0]
        }
        switch step {
        case .reply(let response): return response()
        case .failure(let error): throw error
        }
    }

    /// What STS says to whom it knows.
    static var caller: Step {
        .answer(
            .stage(
                .ok,
                "<R><GetCallerIdentityResult><Account>1</Account><Arn>arn:aws:iam::1:user/a</Arn></GetCallerIdentityResult></R>"
            ))
    }
}

/// A clock on which sleeping takes no time, and which notes for how long each sleep was.
final class NotingClock: WallClock {
    private let state: Mutex<(now: Date, pauses: [Double])>

    init(now: Date = Date(timeIntervalSince1970: 1_767_225_600)) { state = Mutex((now, [])) }

    var now: Date { state.withLock { $0.now } }
    var pauses: [Double] { state.withLock { $0.pauses } }

    /// Lets time go by for which nobody sleeps.
    func advance(seconds: Double) { state.withLock { $0.now += seconds } }

    func sleep(until deadline: Date) async throws {
        state.withLock { state in
            state.pauses.append(deadline.timeIntervalSince(state.now))
            state.now = max(state.now, deadline)
        }
    }
}
