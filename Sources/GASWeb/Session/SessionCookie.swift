import Hummingbird

/// The cookies: the session's token; for who has no session yet the token that their forms must repeat; while somebody is
/// away at an identity provider, what must be remembered of that; and what the next page is to tell.
struct SessionCookie: Sendable {
    private let isSecure: Bool

    /// - Parameter isSecure: whether browsers come by HTTPS. If so the names get the prefix `__Host-`, which makes
    ///   browsers refuse such a cookie from any other host or path.
    init(isSecure: Bool) {
        self.isSecure = isSecure
    }

    /// Name of the session's cookie.
    var name: String { isSecure ? "__Host-gas" : "gas" }
    /// Name of the cookie that proves that a form came from us.
    var formName: String { isSecure ? "__Host-gas-form" : "gas-form" }

    /// Name of the cookie of a sign-in on its way.
    var journeyName: String { isSecure ? "__Host-gas-sign-in" : "gas-sign-in" }

    /// The session's token that a request brings.
    func token(in request: Request) -> String? { value(of: name, in: request) }

    /// The form token that a request brings.
    func formToken(in request: Request) -> String? { value(of: formName, in: request) }

    /// Hands a session to the browser, for as long as a session can last.
    func set(token: String, lifetime: Double, on response: inout Response) {
        response.setCookie(cookie(name, token, maxAge: Int(lifetime)))
    }

    /// Hands a form token to the browser.
    func set(formToken: String, on response: inout Response) {
        response.setCookie(cookie(formName, formToken, maxAge: nil))
    }

    /// Takes the session back.
    func clear(on response: inout Response) {
        response.setCookie(cookie(name, "", maxAge: 0))
    }

    /// What a request brings of a sign-in on its way.
    func journey(in request: Request) -> String? { value(of: journeyName, in: request, longest: 4096) }

    /// Hands a sign-in on its way to the browser.
    func set(journey: String, lifetime: Double, on response: inout Response) {
        response.setCookie(cookie(journeyName, journey, maxAge: Int(lifetime)))
    }

    /// Takes it back.
    func clearJourney(on response: inout Response) {
        response.setCookie(cookie(journeyName, "", maxAge: 0))
    }

    /// Name of the cookie of what the next page is to tell.
    var noticeName: String { isSecure ? "__Host-gas-notice" : "gas-notice" }

    /// What the next page is to tell, if a request brings it.
    func notice(in request: Request) -> Notice? { request.cookies[noticeName].flatMap { Notice(rawValue: $0.value) } }

    /// Lets the next page tell something.
    func set(notice: Notice, on response: inout Response) {
        response.setCookie(cookie(noticeName, notice.rawValue, maxAge: Int(Notice.lifetime)))
    }

    /// It was told.
    func clearNotice(on response: inout Response) {
        response.setCookie(cookie(noticeName, "", maxAge: 0))
    }

    private func value(of name: String, in request: Request, longest: Int = 200) -> String? {
        request.cookies[name].map(\.value).flatMap { (20...longest).contains($0.utf8.count) ? $0 : nil }
    }

    private func cookie(_ name: String, _ value: String, maxAge: Int?) -> Cookie {
        Cookie(
            name: name,
            value: value,
            maxAge: maxAge,
            path: "/",
            secure: isSecure,
            httpOnly: true,
            sameSite: .lax
        )
    }
}
