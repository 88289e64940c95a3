import GAS
import Hummingbird
import Mustache

/// `/`: what this is and for whom.
struct HomePage: Sendable {
    let pages: PageRenderer
    let plans: Plans
    let assemblies: @Sendable () -> [String]

    struct Content {
        let plans: [PlanView]
        let assemblies: [String]
        let hasAssemblies: Bool
    }

    /// Shows the page.
    func show(_ call: Call) -> Response {
        let assemblies = assemblies()
        return pages.page(
            "home",
            title: "Annotate your variants",
            call,
            content: Content(
                plans: [PlanView(plans.free), PlanView(plans.premium)],
                assemblies: assemblies,
                hasAssemblies: !assemblies.isEmpty
            )
        )
    }
}

extension HomePage.Content: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "plans": plans
        case "assemblies": assemblies
        case "hasAssemblies": hasAssemblies
        default: nil
        }
    }
}
