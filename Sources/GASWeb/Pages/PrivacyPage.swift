import GAS
import Hummingbird

/// `/privacy`: what is kept, for how long, who sees it, and how to get it or be rid of it.
struct PrivacyPage: Sendable {
    let pages: PageRenderer
    let plans: Plans
    let settings: WebSettings

    private struct Content {
        let inputRetention: String?
        let freePlan: PlanView
        let sessionEnd: String
        let uploadForms: String
        let hasRecipients: Bool
        let recipients: [WebSettings.Recipient]
        let contact: String?
    }

    /// Shows the page.
    func show(_ call: Call) -> Response {
        let days = settings.inputRetentionDays
        return pages.page(
            "privacy",
            title: "Privacy",
            call,
            content: Content(
                inputRetention: days == 0 ? nil : Wording.count(days, "day"),
                freePlan: PlanView(plans.free),
                sessionEnd: Wording.period(settings.sessionAbsoluteSeconds),
                uploadForms: Wording.period(settings.uploadPolicySeconds),
                hasRecipients: !settings.recipients.isEmpty,
                recipients: settings.recipients,
                contact: settings.contact.isEmpty ? nil : settings.contact
            )
        )
    }
}
