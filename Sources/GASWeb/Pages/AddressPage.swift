import GAS
import GASIdentity
import HTTPTypes
import Hummingbird
import Logging

/// Makes sure of e-mail addresses: `/profile/confirm`, where the link of the mail leads, and where people are sent whose
/// address must be confirmed first.
struct AddressPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let throttle: SignInThrottle
    /// Whether who has an account of ours must confirm their address.
    let isRequired: Bool

    private struct Content {
        /// The address that the link is about; `nil` when it does not work, or there was none.
        var address: String?
        var token = ""
        /// Whether the address is also what one signs in with.
        var isLocal = false
        /// The address that waits to be confirmed, when no link was opened.
        var waiting: String?
        var isSent = false
        /// Whether the first mail could not be sent.
        var isUnsent = false
        var problem: String?
    }

    /// What became of a change.
    enum Change {
        /// It was made; what the profile tells then.
        case made(Notice)
        /// Nothing was changed.
        case refused(FieldProblems)
    }

    /// Changes name and institution, and sends a mail to a new address, which stays new until its link is opened.
    func save(_ account: Account, _ form: ProfileForm) async throws -> Change {
        let problems = try await services.signIns.accounts.update(account, to: form)
        guard problems.isEmpty else { return .refused(problems) }
        guard form.email != account.email else { return .made(.saved) }
        if let problem = try await send(to: form.email, of: account) { return .refused([.email: problem]) }
        return .made(.confirm)
    }

    /// Sends the link to an address of somebody who has just opened an account. That it cannot be sent now is no reason to
    /// refuse the account: the page says so, and offers to send it again.
    /// - Returns: whether it was sent.
    func welcome(_ account: Account, _ call: Call) async throws -> Bool {
        guard let problem = try await send(to: account.email, of: account) else { return true }
        call.context.logger.warning(
            "the address could not be asked to be confirmed", metadata: ["error": "\(problem)"])
        return false
    }

    /// Sends the link once more to who waits for it.
    func sendAgain(_ call: Call, _ visitor: Visitor) async throws -> Response {
        guard isAwaited(visitor) else { return .seeOther("/profile") }
        let problem = try await send(to: visitor.account.email, of: visitor.account)
        return problem == nil
            ? call.seeOther("/profile/confirm", telling: .sent) : waiting(call, visitor, problem: problem)
    }

    /// - Returns: what is wrong, in a sentence; `nil` when the mail is on its way.
    private func send(to address: String, of account: Account) async throws -> String? {
        if let wait = throttle.take(from: account.id.rawValue) {
            throw Throttled(
                message: "Too many mails were asked for. Please try again in "
                    + "\(Wording.duration((wait / 60).rounded(.up) * 60)).",
                seconds: Int(wait.rounded(.up)))
        }
        do {
            try await services.confirmation.ask(account, toConfirm: address)
            return nil
        } catch let error as GASError where error.code == .invalid {
            return "No mail can be sent to this address."
        } catch let error as GASError where error.code == .unavailable {
            return "The mail could not be sent now. Please try again later."
        }
    }

    /// Asks before it changes anything: mail programs open links by themselves. Without a link, says what is waited for.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let token = call.query["token"]
        if token.isEmpty, isAwaited(visitor) { return waiting(call, visitor, problem: nil) }
        let address = try await services.confirmation.address(token: token, of: visitor.account)
        return page(
            call, Content(address: address, token: token, isLocal: visitor.account.identity == nil),
            status: address == nil ? .notFound : .ok)
    }

    /// Makes the address that of the account.
    func confirm(_ call: Call, _ visitor: Visitor) async throws -> Response {
        guard try await services.confirmation.confirm(token: call.form["token"], of: visitor.account) else {
            return page(call, Content(), status: .notFound)
        }
        try await services.record(.profileChanged, call, by: visitor.account.id, detail: "address confirmed")
        if try await services.accounts.account(visitor.account.id)?.email != visitor.account.email {
            await tellFormer(of: visitor, call)
        }
        return call.seeOther("/profile", telling: .confirmed)
    }

    /// Tells the address that somebody had before, unless nobody knows whose that was. The change is made; that its mail
    /// cannot be sent does not undo it.
    func tellFormer(of visitor: Visitor, _ call: Call) async {
        guard !visitor.account.email.isEmpty, !isAwaited(visitor) else { return }
        do {
            try await services.confirmation.tellFormer(visitor.account)
        } catch {
            call.context.logger.error("the former address was not told", metadata: ["error": "\(error)"])
        }
    }

    private func isAwaited(_ visitor: Visitor) -> Bool {
        isRequired && visitor.account.identity == nil && !visitor.account.isEmailConfirmed
    }

    private func waiting(_ call: Call, _ visitor: Visitor, problem: String?) -> Response {
        page(
            call,
            Content(
                waiting: visitor.account.email, isSent: call.notice == .sent,
                isUnsent: call.notice == .unsent, problem: problem),
            status: problem == nil ? .ok : .badRequest)
    }

    private func page(_ call: Call, _ content: Content, status: HTTPResponse.Status) -> Response {
        pages.page(
            "confirm", title: "Confirm your address", call, content: content, section: .profile, status: status)
    }
}
