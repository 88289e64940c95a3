import GAS
import GASIdentity
import HTTPTypes
import Hummingbird

/// The proof that a form was sent from a page of ours: a value that other sites can neither read nor guess.
///
/// Who is signed in has it in the session. Who is not gets it as a cookie when a page with a form is shown.
struct FormToken: Sendable {
    let value: String
    /// Whether the browser has to be given the cookie.
    let isNew: Bool

    /// The token for forms on the answer to this request.
    init(for visitor: Visitor?, request: Request, cookie: SessionCookie) {
        if let visitor {
            value = visitor.session.csrfToken
            isNew = false
        } else if let known = cookie.formToken(in: request) {
            value = known
            isNew = false
        } else {
            value = RandomToken.make()
            isNew = true
        }
    }

    /// Refuses a form that another site has sent: wrong token, or a browser that says so itself.
    static func check(_ form: FormFields, visitor: Visitor?, request: Request, cookie: SessionCookie, origin: String)
        throws
    {
        let expected = [visitor?.session.csrfToken, cookie.formToken(in: request)].compactMap { $0 }
        guard isFromUs(request, origin: origin),
            expected.contains(where: { RandomToken.areEqual($0, form["csrf"]) })
        else {
            throw GASError(
                .forbidden,
                "This form has expired or did not come from this site. Go back, reload the page, try again."
            )
        }
    }

    /// What the browser says about where a form came from. Old browsers say nothing; then the token alone decides.
    static func isFromUs(_ request: Request, origin: String) -> Bool {
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" { return false }
        guard let claimed = request.headers[.origin]?.lowercased() else { return true }
        let host = request.head.authority?.lowercased() ?? ""
        return claimed == origin || (!host.isEmpty && (claimed == "https://" + host || claimed == "http://" + host))
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
