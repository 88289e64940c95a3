import GAS
import GASIdentity
import Hummingbird

/// `/profile`: what we know about somebody, their plan, and what they used of it.
struct ProfilePage: Sendable {
    let pages: PageRenderer
    let localAccounts: LocalAccounts
    let services: WebServices
    let throttle: SignInGuard
    let access: SessionsSection
    let address: AddressPage
    /// Whether a new address of a local account counts only when it was confirmed.
    let confirmsAddresses: Bool

    private struct Content {
        let profile: ProfileFields
        let access: SessionsSection.Content
        let passwordProblem: String?
        let isSaved: Bool
        let isPasswordChanged: Bool
        let isCancelled: Bool
        let since: Moment
        let plan: PlanView
        let planSince: Moment
        let freePlan: PlanView
        let isPremium: Bool
        let price: String?
        let hasPortal: Bool
        let usage: [Usage]
        let total: String
        let results: [ResultUsage]
    }

    private struct ResultUsage {
        let name: String
        let count: String
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
        return try await page(call, visitor, fields, isSaved: call.notice == .saved, problems: [:])
    }

    /// Changes name, e-mail and institution. Since a new e-mail address needs the password, trying that is counted as
    /// signing in is.
    func save(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let form = ProfileForm(
            name: call.form["name"],
            email: call.form["email"],
            institution: call.form["institution"]
        )
        if visitor.account.identity != nil { return try await saveWithMail(call, visitor, form) }
        let confirms = confirmsAddresses
        let update = {
            try await localAccounts.update(
                visitor.account, to: form, password: call.form["password"], movesAddress: !confirms)
        }
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
        if problems.isEmpty, confirms, form.email != visitor.account.email {
            return try await saveWithMail(call, visitor, form)
        }
        guard !problems.isEmpty else {
            try await services.record(
                .profileChanged, call, by: visitor.account.id,
                detail: form.email == visitor.account.email ? "" : "another e-mail address")
            if form.email != visitor.account.email { await address.tellFormer(of: visitor, call) }
            return call.seeOther("/profile", telling: .saved)
        }
        return try await refused(call, visitor, problems)
    }

    /// As `save`, where a new address needs a click in a mail: for somebody whom a provider signs in, and for everybody
    /// where addresses are confirmed.
    private func saveWithMail(_ call: Call, _ visitor: Visitor, _ form: ProfileForm) async throws -> Response {
        switch try await address.save(visitor.account, form) {
        case .made(let notice): return call.seeOther("/profile", telling: notice)
        case .refused(let problems): return try await refused(call, visitor, problems)
        }
    }

    private func refused(_ call: Call, _ visitor: Visitor, _ problems: FieldProblems) async throws -> Response {
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
        let account = visitor.account
        let counts = try await services.jobs.counts(of: account.id)
        let results = try await services.jobs.resultCounts(of: account.id)
        let isPremium = account.role == .premium
        let price = services.subscriptions.price
        return pages.page(
            "profile",
            title: "Profile",
            call,
            content: Content(
                profile: fields,
                access: try await access.content(call, visitor),
                passwordProblem: problems[.password],
                isSaved: isSaved,
                isPasswordChanged: call.notice == .password,
                isCancelled: call.notice == .cancelled && !isPremium,
                since: Moment(account.created),
                plan: PlanView(services.plans[account.role]),
                planSince: Moment(account.roleSince),
                freePlan: PlanView(services.plans.free),
                isPremium: isPremium,
                price: price,
                hasPortal: isPremium && price != nil,
                usage: JobStatus.allCases.map { Usage(status: StatusView($0), count: Wording.count(counts[$0] ?? 0)) },
                total: Wording.count(counts.values.reduce(0, +), "annotation"),
                results: Self.usage(of: results)
            ),
            section: .profile,
            status: problems.isEmpty ? .ok : .badRequest,
            formTargets: isPremium ? services.subscriptions.origins : []
        )
    }

    private static func usage(of results: [ResultState: Int]) -> [ResultUsage] {
        func count(_ states: ResultState...) -> String {
            Wording.count(states.map { results[$0] ?? 0 }.reduce(0, +))
        }
        return [
            ResultUsage(name: "Results at hand", count: count(.available, .archiving)),
            ResultUsage(name: "Results in the archive", count: count(.archived)),
            ResultUsage(name: "Results on their way back", count: count(.restoring)),
        ]
    }
}
