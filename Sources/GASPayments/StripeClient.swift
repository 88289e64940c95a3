import AsyncHTTPClient
import Foundation
import GAS
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Asks Stripe's API. See https://docs.stripe.com/api.
///
/// A request that failed for the moment is repeated. Repeating is safe: GET and DELETE mean the same the second time, and
/// every POST carries an idempotency key, by which Stripe answers a repetition as it did the first.
struct StripeClient: Sendable {
    private let settings: StripeSettings
    private let http: HTTPClient
    private let clock: any WallClock

    /// The version of the API whose shapes `StripeObjects` has. Without this header it would be whatever the account was
    /// set to.
    private static let version = "2024-10-28.acacia"
    /// No answer that is used here is nearly as large.
    private static let answerLimit = 1 << 20

    init(settings: StripeSettings, http: HTTPClient, clock: any WallClock) {
        self.settings = settings
        self.http = http
        self.clock = clock
    }

    /// Looks something up.
    /// - Returns: `nil` when Stripe does not know it.
    func find<Answer: Decodable>(_ path: String) async throws -> Answer? {
        do {
            let answer: Answer = try await send(.GET, path)
            return answer
        } catch let error as GASError where error.code == .notFound {
            return nil
        }
    }

    /// Makes something.
    /// - Throws: `notFound` when a thing that the form names does not exist.
    func make<Answer: Decodable>(_ path: String, _ form: StripeForm) async throws -> Answer {
        try await send(.POST, path, form)
    }

    /// Removes something.
    /// - Returns: whether it was there.
    @discardableResult
    func remove(_ path: String) async throws -> Bool {
        do {
            let _: StripeReference = try await send(.DELETE, path)
            return true
        } catch let error as GASError where error.code == .notFound {
            return false
        }
    }

    private func send<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, _ form: StripeForm? = nil
    ) async throws -> Answer {
        let request = request(method, path, form)
        let deadline = ContinuousClock.now + .seconds(settings.timeoutSeconds)
        var attempt = 0
        while true {
            let outcome = try await outcome(of: request, deadline: deadline)
            guard outcome.isPassing, attempt < settings.retries, ContinuousClock.now < deadline else {
                return try outcome.read()
            }
            // A random part keeps those who failed together from coming back together.
            try await clock.sleep(
                seconds: settings.backoffSeconds * Double(1 << attempt) * Double.random(in: 0.5...1))
            attempt += 1
        }
    }

    private func request(_ method: HTTPMethod, _ path: String, _ form: StripeForm?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: settings.apiURL + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(settings.secretKey)")
        request.headers.add(name: "Stripe-Version", value: Self.version)
        if let form {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.headers.add(name: "Idempotency-Key", value: UUID().uuidString.lowercased())
            request.body = .bytes(ByteBuffer(string: form.encoded))
        }
        return request
    }

    /// Waits for the whole answer; the HTTP client's own deadline ends with the answer's head.
    private func outcome(of request: HTTPClientRequest, deadline: ContinuousClock.Instant) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { try await outcome(of: request) }
            group.addTask {
                try await Task.sleep(until: deadline, clock: .continuous)
                return .failure(.connection("no complete answer in time"))
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .failure(.connection("no answer"))
        }
    }

    private func outcome(of request: HTTPClientRequest) async throws -> Outcome {
        do {
            let response = try await http.execute(request, timeout: .seconds(Int64(settings.timeoutSeconds) + 1))
            let body = try await response.body.collect(upTo: Self.answerLimit)
            return .answer(response, Data(buffer: body))
        } catch {
            try Task.checkCancellation()
            return .failure(StripeFailure(error))
        }
    }
}

/// What came of one request.
private enum Outcome {
    case answer(HTTPClientResponse, Data)
    case failure(StripeFailure)

    /// Whether the same request may fare better in a moment. Stripe knows best when it says so.
    var isPassing: Bool {
        guard case .answer(let response, _) = self else { return true }
        if let advice = response.headers.first(name: "Stripe-Should-Retry") { return advice == "true" }
        let status = response.status.code
        return status == 409 || status == 429 || status >= 500
    }

    /// Reads what was asked for.
    func read<Answer: Decodable>() throws -> Answer {
        switch self {
        case .failure(let failure): throw failure.error
        case .answer(let response, let body):
            let (status, requestID) = (Int(response.status.code), response.headers.first(name: "Request-Id"))
            guard (200..<300).contains(status) else {
                let reason = try? JSONDecoder().decode(StripeErrorBody.self, from: body).error
                throw StripeFailure.refused(
                    status: status, type: reason?.type, code: reason?.code, parameter: reason?.param,
                    requestID: requestID
                ).error
            }
            do {
                return try JSONDecoder().decode(Answer.self, from: body)
            } catch {
                throw StripeFailure.unreadable(status: status, requestID: requestID).error
            }
        }
    }
}

extension StripeClient: CustomReflectable {
    /// Without the HTTP client, whose requests under way carry the key.
    var customMirror: Mirror { Mirror(self, children: ["settings": settings]) }
}

extension HTTPClient.Configuration {
    /// How Stripe is to be reached: it redirects nowhere, and failed connections are tried again by `StripeProvider`,
    /// which knows how often and how long.
    public static var stripe: Self {
        var configuration = Self(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
