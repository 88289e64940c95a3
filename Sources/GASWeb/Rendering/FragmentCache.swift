import Foundation
import GAS
import Synchronization

/// Parts of pages as they were last rendered: what would come out the same again need not be rendered again.
///
/// A part is given out only to the account for which it was made, and only while it is what there is to see: whoever asks says
/// what version that is. Of each part the last version is kept. There are two halves: what is asked for moves to the younger one,
/// and when that is full, or a period is over, it becomes the older one, whose rest is forgotten.
package final class FragmentCache: Sendable {
    /// Which part it is, and of whose page.
    package struct Place: Sendable, Hashable {
        package let account: AccountID
        package let address: String

        package init(account: AccountID, address: String) {
            self.account = account
            self.address = address
        }
    }

    private struct Fragment {
        let version: String
        let html: String
    }

    private struct Halves {
        var younger: [Place: Fragment] = [:]
        var older: [Place: Fragment] = [:]
        /// Of the younger.
        var bytes = 0
        var turned: Date

        mutating func turn() { (older, younger, bytes) = (younger, [:], 0) }
    }

    private let halfBytes: Int
    private let period: Double
    private let clock: any WallClock
    private let halves: Mutex<Halves>

    /// - Parameters:
    ///   - bytes: how much HTML is kept at most; 0 keeps nothing.
    ///   - seconds: what nobody has asked for so long is forgotten, when twice the time is over at the latest, as soon as
    ///     anything is asked for.
    package init(bytes: Int, seconds: Double, clock: any WallClock) {
        halfBytes = bytes / 2
        period = seconds
        self.clock = clock
        halves = Mutex(Halves(turned: clock.now))
    }

    /// A part of a page.
    /// - Parameters:
    ///   - version: differs when the part looks different.
    ///   - render: makes it anew, when it is not here in that version.
    package func fragment(at place: Place, version: String, render: () -> String) -> String {
        if let html = known(place, version) { return html }
        let fragment = Fragment(version: version, html: render())
        halves.withLock { keep(fragment, at: place, in: &$0) }
        return fragment.html
    }

    private func known(_ place: Place, _ version: String) -> String? {
        let now = clock.now
        return halves.withLock { halves in
            turn(&halves, at: now)
            if let young = halves.younger[place] { return young.version == version ? young.html : nil }
            guard let old = halves.older.removeValue(forKey: place), old.version == version else { return nil }
            keep(old, at: place, in: &halves)
            return old.html
        }
    }

    private func turn(_ halves: inout Halves, at now: Date) {
        let periods = (now.timeIntervalSince(halves.turned) / period).rounded(.down)
        guard periods != 0 else { return }
        halves.turn()
        // Nobody has asked for the whole of the last one; or the clock was set back.
        if periods != 1 { halves.turn() }
        halves.turned = periods > 0 ? halves.turned.addingTimeInterval(periods * period) : now
    }

    private func keep(_ fragment: Fragment, at place: Place, in halves: inout Halves) {
        if let last = halves.younger.removeValue(forKey: place) { halves.bytes -= Self.size(last, place) }
        let size = Self.size(fragment, place)
        guard size <= halfBytes else { return }
        if halves.bytes + size > halfBytes { halves.turn() }
        halves.older[place] = nil
        halves.younger[place] = fragment
        halves.bytes += size
    }

    /// An address is as long as whoever asks makes it.
    private static func size(_ fragment: Fragment, _ place: Place) -> Int {
        fragment.html.utf8.count + place.address.utf8.count
    }
}
