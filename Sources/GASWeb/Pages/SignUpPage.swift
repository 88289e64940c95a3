import GAS
import GASIdentity
import HTTPTypes
import Hummingbird

/// `/signup`.
struct SignUpPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let door: SessionDoor
    let limit: SignUpLimit
    /// Sends the mail that asks to confirm the address; `nil` where nobody is asked.
    let address: AddressPage?

    private struct Content {
        let profile: ProfileFields
        let passwordProblem: String?
        let shortestPassword: Int
        let next: String
        let nextQuery: String
    }

    /// Shows the form.
    func show(_ call: Call) -> Response {
        let next = Self.next(call.query["next"])
        guard call.visitor == nil else { return .seeOther(next) }
        return form(call, next: next, problems: [:], status: .ok)
    }

    /// Opens the account and signs in.
    func signUp(_ call: Call) async throws -> Response {
        let next = Self.next(call.form["next"])
        let form = ProfileForm(
            name: call.form["name"],
            email: call.form["email"],
            institution: call.form["institution"]
        )
        try limit.take(call)
        switch try await services.localAccounts.signUp(form, password: call.form["password"]) {
        case .created(let account):
            try await services.record(.accountCreated, call, by: account.id)
            let isTold = try await address?.welcome(account, call) ?? true
            var response = try await door.enter(
                account, call, next: isTold ? next : AddressUnconfirmed.page + "?\(Notice.unsent.rawValue)=1",
                through: "password"
            ).response
            if !isTold { call.tell(.unsent, on: &response) }
            return response
        case .refused(let problems): return self.form(call, next: next, problems: problems, status: .badRequest)
        }
    }

    private func form(
        _ call: Call,
        next: String,
        problems: FieldProblems,
        status: HTTPResponse.Status
    ) -> Response {
        pages.page(
            "signup",
            title: "Create an account",
            call,
            content: Content(
                profile: ProfileFields(
                    name: call.form["name"],
                    email: call.form["email"],
                    institution: call.form["institution"],
                    problems: problems
                ),
                passwordProblem: problems[.password],
                shortestPassword: services.localAccounts.rules.shortest,
                next: next,
                nextQuery: PercentEncoding.encode(next)
            ),
            status: status
        )
    }

    private static func next(_ text: String) -> String { SafeRedirect.target(text, fallback: "/annotate") }
}

/// Name, e-mail and institution with what is wrong with them, for the two forms that ask for them.
struct ProfileFields {
    let name: String
    let email: String
    let institution: String
    let nameProblem: String?
    let emailProblem: String?
    let institutionProblem: String?

    init(name: String, email: String, institution: String, problems: FieldProblems) {
        self.name = name
        self.email = email
        self.institution = institution
        nameProblem = problems[.name]
        emailProblem = problems[.email]
        institutionProblem = problems[.institution]
    }
}
