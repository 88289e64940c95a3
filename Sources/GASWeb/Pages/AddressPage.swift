import GAS
import GASIdentity
import Hummingbird

/// The profile of somebody whom a provider signs in, and `/profile/confirm`, where the link of the mail leads that a new
/// e-mail address is made sure of with.
struct AddressPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let throttle: SignInThrottle

    private struct Content {
        let address: String?
        let token: String
    }

    /// What became of a change.
    enum Change {
        /// It was made; where to go.
        case made(next: String)
        /// Nothing was changed.
        case refused(FieldProblems)
    }

    /// Changes name and institution, and sends a mail to a new address, which stays new until its link is opened.
    func save(_ account: Account, _ form: ProfileForm) async throws -> Change {
        let problems = try await services.signIns.accounts.update(account, to: form)
        guard problems.isEmpty else { return .refused(problems) }
        guard form.email != account.email else { return .made(next: "/profile?saved=1") }
        if let wait = throttle.take(from: account.id.rawValue) {
            throw Throttled(
                message: "Too many mails were asked for. Please try again in "
                    + "\(Wording.duration((wait / 60).rounded(.up) * 60)).",
                seconds: Int(wait.rounded(.up)))
        }
        do {
            try await services.confirmation.ask(account, toConfirm: form.email)
        } catch let error as GASError where error.code == .invalid {
            return .refused([.email: "No mail can be sent to this address."])
        } catch let error as GASError where error.code == .unavailable {
            return .refused([.email: "The mail could not be sent now. Please try again later."])
        }
        return .made(next: "/profile?confirm=1")
    }

    /// Asks before it changes anything: mail programs open links by themselves.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let token = call.query["token"]
        let address = try await services.confirmation.address(token: token, of: visitor.account)
        return pages.page(
            "confirm", title: "Confirm this address", call, content: Content(address: address, token: token),
            section: .profile, status: address == nil ? .notFound : .ok)
    }

    /// Makes the address that of the account.
    func confirm(_ call: Call, _ visitor: Visitor) async throws -> Response {
        guard try await services.confirmation.confirm(token: call.form["token"], of: visitor.account) else {
            return pages.page(
                "confirm", title: "Confirm this address", call, content: Content(address: nil, token: ""),
                section: .profile, status: .notFound)
        }
        try await services.record(.profileChanged, call, by: visitor.account.id, detail: "address confirmed")
        return .seeOther("/profile?confirmed=1")
    }
}
