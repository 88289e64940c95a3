import Foundation
import GAS
import Hummingbird

/// `/admin/farm`: the processes of the farm, what was measured, and what was decided.
struct FarmPage: Sendable {
    let pages: PageRenderer
    let store: (any FarmStore)?
    let clock: any WallClock

    private struct Content {
        let farm: FarmView?
    }

    /// Shows the page.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let state = try await store?.state()
        return pages.page(
            "farm", title: "Farm", call, content: Content(farm: state.map { FarmView($0, now: clock.now) }),
            section: .admin)
    }
}
