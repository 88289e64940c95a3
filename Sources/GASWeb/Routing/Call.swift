import Foundation
import GAS
import Hummingbird

/// One request that passed the rules of its route.
struct Call: Sendable {
    let request: Request
    let context: WebContext
    /// Who is signed in, if anybody is.
    let visitor: Visitor?
    /// The fields of a posted form; empty otherwise.
    let form: FormFields
    /// What everybody is told at the moment.
    let announcement: Announcement?
    /// What a form on the answer must send back, and the cookie that goes with it when nobody is signed in.
    let formToken: FormToken
    /// The cookies.
    let cookie: SessionCookie

    /// Where the request comes from; empty where that is not known.
    var networkAddress: String { context.remoteAddress ?? "" }

    /// The query items of the address, decoded.
    var query: FormFields { FormFields(urlEncoded: request.uri.query ?? "") }
}

/// Somebody who is signed in.
struct Visitor: Sendable {
    let account: Account
    let session: Session
    /// The token from the cookie.
    let token: String
    /// When the request was taken up, before the account was read: what is allowed for a while from now on counts from
    /// here, so that a role that ends meanwhile ends no later than that.
    let asked: Date
    /// Whether the configuration names them as one of those who run the service.
    let isAdministrator: Bool
}
