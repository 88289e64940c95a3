import GAS
import GASIdentity
import GASTesting
import HTTPTypes
import HummingbirdTesting
import Testing

/// Somebody with a password, as browsers sign up and in.
struct LocalPerson: Sendable {
    var email = "ada@example.org"
    var password = "difference engine"

    private var fields: [String: String] { ["name": "Ada", "email": email, "institution": "", "password": password] }

    /// Opens the account.
    /// - Returns: where the browser is sent, and the cookie of the session.
    func signUp(_ client: any TestClientProtocol) async throws -> (location: String?, cookie: HTTPFields) {
        try entered(await submit("/signup", fields, client))
    }

    func signIn(_ client: any TestClientProtocol) async throws -> HTTPFields {
        try entered(await submit("/login", fields, client)).cookie
    }

    /// The status of a try to sign in.
    func trySignIn(_ client: any TestClientProtocol) async throws -> HTTPResponse.Status {
        try await submit("/login", fields, client).status
    }

    private func entered(_ answer: TestResponse) throws -> (location: String?, cookie: HTTPFields) {
        let token = try #require(answer.cookie("__Host-gas"), "\(answer.status): \(answer.text.prefix(3000))")
        return (answer.location, [.cookie: "__Host-gas=\(token)"])
    }
}

/// Fills in a form as a browser does that has no session: with the token and the cookie of its page.
func submit(
    _ path: String, _ fields: [String: String], _ client: any TestClientProtocol, page: String? = nil
) async throws -> TestResponse {
    let shown = try await client.get(page ?? path)
    var form = fields
    form["csrf"] = shown.csrf
    return try await client.post(
        path, form, headers: [.cookie: "__Host-gas-form=\(shown.cookie("__Host-gas-form") ?? "")"])
}

/// The same with a session.
func submit(
    _ path: String, _ fields: [String: String], _ client: any TestClientProtocol, as cookie: HTTPFields,
    page: String? = nil
) async throws -> TestResponse {
    var form = fields
    form["csrf"] = try await client.get(page ?? path, headers: cookie).csrf
    return try await client.post(path, form, headers: cookie)
}

extension TestSite {
    /// What is to be told, and of whom.
    func accountNotices() async throws -> [AccountNotice] {
        try await notices.receive(limit: 10, visibility: 60, wait: 0).map { try AccountNotice(body: $0.body) }
    }
}
