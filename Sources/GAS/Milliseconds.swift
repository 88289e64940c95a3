import Foundation

extension Date {
    /// Whole milliseconds since 1970, as every time is stored.
    package var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }

    /// A stored time.
    package init(milliseconds: Int) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
