import GAS
import GASIdentity
import Hummingbird

/// `/profile`: what we know about somebody, their plan, and what they used of it.
struct ProfilePage: Sendable {
    let pages: PageRenderer
    let localAccounts: LocalAccounts
    let jobs: any JobStore
    let plans: Plans
    let throttle: SignInGuard

    private struct Content {
        let profile: ProfileFields
        let passwordProblem: String?
        let isSaved: Bool
        let since: Moment
        let planName: String
        let uploadLimit: String
        let downloadWindow: String
        let usage: [Usage]
        let total: String
    }

    private struct Usage {
        let status: StatusView
        let count: String
    }

    /// Shows the page.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let account = visitor.account
        let fields = ProfileFields(
            name: account.name,
            email: account.email,
            institution: account.institution,
            problems: [:]
        )
        return try await page(call, visitor, fields, isSaved: call.query["saved"] == "1", problems: [:])
    }

    /// Changes name, e-mail and institution. Since a new e-mail address needs the password, trying that is counted as
    /// signing in is.
    func save(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let form = ProfileForm(
            name: call.form["name"],
            email: call.form["email"],
            institution: call.form["institution"]
        )
        let update = { try await localAccounts.update(visitor.account, to: form, password: call.form["password"]) }
        let needsPassword = form.problems.isEmpty && form.email != visitor.account.email
        let problems =
            needsPassword
            ? try await throttle.attempt(
                email: visitor.account.email,
                call,
                isRight: { $0[.password] == nil },
                update
            )
            : try await update()
        guard !problems.isEmpty else { return .seeOther("/profile?saved=1") }
        let fields = ProfileFields(
            name: call.form["name"],
            email: call.form["email"],
            institution: call.form["institution"],
            problems: problems
        )
        return try await page(call, visitor, fields, isSaved: false, problems: problems)
    }

    private func page(
        _ call: Call,
        _ visitor: Visitor,
        _ fields: ProfileFields,
        isSaved: Bool,
        problems: FieldProblems
    ) async throws -> Response {
        let counts = try await jobs.counts(of: visitor.account.id)
        let plan = plans[visitor.account.role]
        return pages.page(
            "profile",
            title: "Profile",
            call,
            content: Content(
                profile: fields,
                passwordProblem: problems[.password],
                isSaved: isSaved,
                since: Moment(visitor.account.created),
                planName: plan.name,
                uploadLimit: Wording.size(plan.uploadLimit),
                downloadWindow: plan.downloadWindow.map { Wording.duration($0) + " after completion" } ?? "always",
                usage: JobStatus.allCases.map { Usage(status: StatusView($0), count: Wording.count(counts[$0] ?? 0)) },
                total: Wording.count(counts.values.reduce(0, +), "annotation")
            ),
            section: .profile,
            status: problems.isEmpty ? .ok : .badRequest
        )
    }
}
