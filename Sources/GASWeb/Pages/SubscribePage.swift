import GAS
import Hummingbird
import Logging

/// `/subscribe` and what follows: getting Premium, and leaving it.
struct SubscribePage: Sendable {
    let pages: PageRenderer
    let services: WebServices

    private struct Offer {
        let free: PlanView
        let premium: PlanView
        let isPremium: Bool
        let price: String?
        let archived: String?
    }

    private struct End {
        let isPremium: Bool
        let plan: PlanView
        let restoring: String?
        /// For a payment that the provider has not confirmed yet.
        let reference: String?
        let isChecked: Bool
    }

    /// Shows what Premium is, and the button.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let counts = try await services.jobs.resultCounts(of: visitor.account.id)
        let archived = counts[.archived] ?? 0
        return pages.page(
            "subscribe",
            title: "Premium",
            call,
            content: Offer(
                free: PlanView(services.plans.free),
                premium: PlanView(services.plans.premium),
                isPremium: visitor.account.role == .premium,
                price: services.subscriptions.price,
                archived: archived == 0 ? nil : Wording.count(archived, "result")
            ),
            section: .profile,
            formTargets: services.subscriptions.origins
        )
    }

    /// Begins a subscription, here or on the provider's page.
    func begin(_ call: Call, _ visitor: Visitor) async throws -> Response {
        switch try await services.subscriptions.begin(visitor.account, from: call.networkAddress) {
        case .settled: return .seeOther("/subscribe/done")
        case .redirect(let address): return .seeOther(address)
        }
    }

    /// Shows what has become of it. Looking changes nothing: a payment is confirmed by a form of this page.
    func showEnd(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let counts = try await services.jobs.resultCounts(of: visitor.account.id)
        let restoring = (counts[.restoring] ?? 0) + (counts[.archived] ?? 0)
        let isPremium = visitor.account.role == .premium
        let reference = call.query["session_id"]
        guard isPremium || !reference.isEmpty else { return .seeOther("/subscribe") }
        return pages.page(
            "subscribed",
            title: isPremium ? "Welcome to Premium" : "Payment",
            call,
            content: End(
                isPremium: isPremium,
                plan: PlanView(services.plans.premium),
                restoring: restoring == 0
                    ? nil : "\(Wording.count(restoring, "result")) in the archive \(restoring == 1 ? "is" : "are")",
                reference: isPremium ? nil : reference,
                isChecked: call.query["checked"] == "1"
            ),
            section: .profile
        )
    }

    /// Asks the provider whether the payment was made.
    func finish(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let reference = call.form["session_id"]
        let address = call.networkAddress
        guard try await !services.subscriptions.finish(reference, by: visitor.account, from: address) else {
            return .seeOther("/subscribe/done")
        }
        return .seeOther("/subscribe/done?session_id=\(PercentEncoding.encode(reference))&checked=1")
    }

    /// Ends Premium.
    func cancel(_ call: Call, _ visitor: Visitor) async throws -> Response {
        guard visitor.account.role == .premium else { return .seeOther("/profile") }
        try await services.subscriptions.cancel(visitor.account, from: call.networkAddress)
        call.context.logger.notice("premium cancelled", metadata: ["user_id": "\(visitor.account.id)"])
        return call.seeOther("/profile", telling: .cancelled)
    }

    /// Sends the browser to the provider's page about cards and invoices.
    func openPortal(_ call: Call, _ visitor: Visitor) async throws -> Response {
        .seeOther(try await services.subscriptions.portal(for: visitor.account) ?? "/profile")
    }
}
