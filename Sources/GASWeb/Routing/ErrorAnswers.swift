import Foundation
import GAS
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

/// The one place where errors become answers.
struct ErrorAnswers: Sendable {
    let pages: PageRenderer

    /// While the service is closed, programs are to come back after so long.
    private static let closedSeconds = 120

    /// What is told of an error, and under which status.
    struct Told: Sendable {
        let status: HTTPResponse.Status
        /// The heading of the page, when it is not the status.
        var title: String?
        let message: String
        var retryAfter: Int?
        /// Whether the way to Premium is shown.
        var isUpgradeable = false
    }

    /// The answer to a request that failed. The cause goes to the log and nowhere else.
    func answer(_ error: any Error, _ call: Call, route: Route?) -> Response {
        if let error = error as? ConnectionMustClose {
            return answer(error.reason, call, route: route).closingConnection()
        }
        if error is HTTPParserError {
            // What follows on this connection could be anything.
            let refusal = GASError(.invalid, "What was sent is not proper HTTP.")
            return answer(refusal, call, route: route).closingConnection()
        }
        if error is AddressUnconfirmed, route?.isForPeople == true, !call.wantsJSON {
            return .seeOther(AddressUnconfirmed.page)
        }
        let told = tell(error, call)
        if told.status == .unauthorized, route?.isForPeople == true, !call.wantsJSON {
            if let place = route?.whenSignedOut { return .seeOther(place) }
            let signIn = "/login?next=" + PercentEncoding.encode(returnAddress(of: call))
            return call.request.method == .post ? call.seeOther(signIn, telling: .signedOut) : .seeOther(signIn)
        }
        var response =
            route?.isForPeople == false || call.wantsJSON
            ? .json(["message": told.message], status: told.status)
            : pages.error(told, call, isUpload: route?.answer == .upload)
        response.headers[.retryAfter] = told.retryAfter.map(String.init)
        return response
    }

    private func tell(_ error: any Error, _ call: Call) -> Told {
        let logger = call.context.logger
        switch error {
        case let error as Throttled:
            return Told(status: .tooManyRequests, message: error.message, retryAfter: error.seconds)
        case is AddressUnconfirmed:
            return Told(status: .forbidden, message: "Please confirm your e-mail address first.")
        case let error as Refusal:
            logger.debug("request refused", metadata: ["error": "\(error.message)"])
            return Told(
                status: error.status,
                title: error.title,
                message: error.message,
                retryAfter: error.status == .serviceUnavailable ? Self.closedSeconds : nil,
                isUpgradeable: error.isUpgradeable
            )
        case let error as GASError where error.code.isOurFault:
            logger.error("request failed", metadata: ["error": "\(error)"])
            return Told(status: error.code.status, message: error.code.plainSentence)
        case let error as GASError:
            logger.debug("request refused", metadata: ["code": "\(error.code.rawValue)", "error": "\(error)"])
            return Told(status: error.code.status, message: error.message)
        case let error as HTTPError:
            return Told(status: error.status, message: error.body ?? error.status.plainSentence)
        case is CancellationError:
            return Told(status: .serviceUnavailable, message: GASError.Code.unavailable.plainSentence)
        default:
            logger.error("request failed", metadata: ["error": "\(error)"])
            return Told(status: .internalServerError, message: GASError.Code.internal.plainSentence)
        }
    }

    /// Where to go on after signing in: the page that was asked for, if it can be asked for again.
    private func returnAddress(of call: Call) -> String {
        call.request.method == .get ? call.request.uri.string : "/annotations"
    }
}

/// Too many tries; come back after some seconds.
struct Throttled: Error {
    let message: String
    let seconds: Int
}

extension Call {
    /// Whether a script asked, which shows a sentence rather than a page.
    var wantsJSON: Bool { request.headers[.accept]?.hasPrefix("application/json") ?? false }
}

extension GASError.Code {
    /// The status that says so in HTTP.
    var status: HTTPResponse.Status {
        switch self {
        case .invalid: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .throttled: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .corrupted, .internal: .internalServerError
        }
    }

    /// Whether the message speaks of our own affairs.
    var isOurFault: Bool { self == .corrupted || self == .internal || self == .unavailable }

    var plainSentence: String {
        switch self {
        case .unavailable: "The service is busy or being maintained. Please try again in a minute."
        case .corrupted: "A stored file is damaged. This was noted in the log of this service."
        default: "Something went wrong on our side. This was noted in the log of this service."
        }
    }
}

extension HTTPResponse.Status {
    var plainSentence: String {
        switch self {
        case .notFound: "There is no page at this address."
        case .methodNotAllowed: "This address does not answer to that kind of request."
        default: reasonPhrase
        }
    }
}

extension Response {
    /// The same answer, behind which the connection ends.
    consuming func closingConnection() -> Response {
        let whole = body
        headers[.connection] = "close"
        body = ResponseBody(contentLength: whole.contentLength) { writer in
            try await whole.write(writer)
            throw CancellationError()
        }
        return self
    }

    /// A value as JSON.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("Plain strings and arrays of them can always be encoded.")
        }
        return Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: data))
        )
    }
}
