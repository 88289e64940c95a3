import Foundation

extension String {
    /// A number with so many digits behind the point.
    init(fixed value: Double, digits: Int) {
        self = String(format: "%.\(digits)f", value)
    }
}
