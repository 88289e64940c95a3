import Foundation
import GAS
import Mustache

/// Numbers, sizes and times as people read them.
package enum Wording {
    /// `1141` as `1,141`.
    package static func count(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: position)
            position -= 3
        }
        return (number < 0 ? "−" : "") + String(digits)
    }

    /// `2 records`, `1 record`.
    package static func count(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// A size in units of 1024, in which plans have their limits: `32.3 KB`.
    package static func size(_ bytes: Int) -> String {
        var value = Double(bytes)
        var unit = ""
        for next in ["KB", "MB", "GB", "TB"] where value >= 1024 {
            value /= 1024
            unit = next
        }
        guard !unit.isEmpty else { return count(bytes, "byte") }
        let isWhole = (value * 10).rounded() == value.rounded() * 10
        return decimal(value, digits: value < 100 && !isWhole ? 1 : 0) + " " + unit
    }

    /// A size that is beyond a limit: in bytes when rounding would make the two look the same.
    package static func size(_ bytes: Int, beyond limit: Int) -> String {
        size(bytes) == size(limit) ? count(bytes, "byte") : size(bytes)
    }

    /// A length of time: `0.21 s`, `4.2 s`, `3 min 20 s`, `2 h 5 min`, `7 days`.
    package static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<1: return decimal(max(0, seconds), digits: 2) + " s"
        case ..<60: return decimal(seconds, digits: 1) + " s"
        default: break
        }
        let units = [("day", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        let whole = Int(seconds.rounded())
        guard let first = units.firstIndex(where: { whole >= $0.1 }) else { return "\(whole) s" }
        let (name, length) = units[first]
        var text = name == "day" ? count(whole / length, name) : "\(whole / length) \(name)"
        if first + 1 < units.count, whole % length / units[first + 1].1 > 0 {
            text += " \(whole % length / units[first + 1].1) \(units[first + 1].0)"
        }
        return text
    }

    /// A length of time that somebody has chosen, in a sentence: `5 minutes`, `7 days`, `90 seconds`.
    package static func period(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let units = [("day", 86_400), ("hour", 3600), ("minute", 60)]
        guard let (name, length) = units.first(where: { whole >= $0.1 && whole.isMultiple(of: $0.1) })
        else { return count(whole, "second") }
        return count(whole / length, name)
    }

    /// A share of a whole: `45 %`.
    package static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        let share = Double(part) / Double(whole) * 100
        return decimal(share, digits: share > 0 && share < 10 ? 1 : 0) + " %"
    }

    /// With so many digits behind the point.
    package static func decimal(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
        let scaled = Int((value.magnitude * Double(scale)).rounded())
        let whole = (value < 0 ? "−" : "") + count(scaled / scale)
        guard digits > 0 else { return whole }
        let rest = String(scaled % scale)
        return whole + "." + String(repeating: "0", count: digits - rest.count) + rest
    }
}

/// A moment for a page: in UTC for everybody, and in a form that the page's script turns into the reader's own time.
struct Moment {
    /// ISO 8601, for machines.
    let iso: String
    /// UTC, for people without the script.
    let text: String

    init(_ date: Date) {
        iso = date.formatted(.iso8601)
        text =
            date.formatted(
                .iso8601.year().month().day().dateSeparator(.dash).dateTimeSeparator(.space)
                    .time(includingFractionalSeconds: false)
            ) + " UTC"
    }
}

extension Moment: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "iso": iso
        case "text": text
        default: nil
        }
    }
}
