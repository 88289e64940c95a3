import Foundation

/// One key of the configuration: its name, default, meaning, and which values it may have.
struct Setting<Value: Sendable>: Sendable {
    /// Dotted, lower case with hyphens: `web.public-url`.
    let key: String
    /// As a person would write it; empty for nothing.
    let defaultText: String
    /// One sentence.
    let summary: String
    /// What is allowed, for the reference and for error messages.
    let allowed: String
    /// Whether the value must never be printed.
    var isSecret = false
    /// Reads a value; `nil` when it is not allowed.
    let parse: @Sendable (String) -> Value?
}

/// A setting of any type, for lists of all settings.
protocol AnySetting: Sendable {
    var key: String { get }
    var defaultText: String { get }
    var summary: String { get }
    var allowed: String { get }
    var isSecret: Bool { get }
    func allows(_ text: String) -> Bool
}

extension AnySetting {
    /// The name as a flag: `--web-public-url`.
    var flag: String { "--" + key.replacing(".", with: "-") }
    /// The name as an environment variable: `GAS_WEB_PUBLIC_URL`.
    var environmentName: String {
        "GAS_" + key.replacing(".", with: "_").replacing("-", with: "_").uppercased()
    }
}

extension Setting: AnySetting {
    func allows(_ text: String) -> Bool { parse(text) != nil }
}

extension Setting where Value == String {
    static func text(_ key: String, _ defaultText: String, _ summary: String, allowed: String = "any text") -> Self {
        Setting(key: key, defaultText: defaultText, summary: summary, allowed: allowed) { $0 }
    }

    static func requiredText(_ key: String, _ defaultText: String, _ summary: String) -> Self {
        Setting(key: key, defaultText: defaultText, summary: summary, allowed: "text, not empty") {
            $0.isEmpty ? nil : $0
        }
    }

    /// An origin: scheme, host and, where it is not the standard one, port.
    static func origin(_ key: String, _ summary: String) -> Self {
        Setting(
            key: key, defaultText: "", summary: summary,
            allowed: "empty, or an address such as https://gas.example.org without a path"
        ) { text in
            guard !text.isEmpty else { return text }
            guard let url = URL(string: text), url.scheme == "https" || url.scheme == "http",
                let host = url.host, !host.isEmpty, ["", "/"].contains(url.path), url.query == nil,
                url.fragment == nil, url.user == nil
            else { return nil }
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }

    static func secret(_ key: String, _ summary: String) -> Self {
        Setting(key: key, defaultText: "", summary: summary, allowed: "any text", isSecret: true) { $0 }
    }
}

extension Setting where Value == Int {
    static func number(_ key: String, _ value: Int, in range: ClosedRange<Int>, _ summary: String) -> Self {
        Setting(
            key: key, defaultText: "\(value)", summary: summary,
            allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)"
        ) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Setting where Value == Double {
    static func seconds(_ key: String, _ value: Double, in range: ClosedRange<Double>, _ summary: String) -> Self {
        decimal(key, value, in: range, unit: "seconds, ", summary)
    }

    static func bits(_ key: String, _ value: Double, in range: ClosedRange<Double>, _ summary: String) -> Self {
        decimal(key, value, in: range, unit: "bits, ", summary)
    }

    static func share(_ key: String, _ value: Double, _ summary: String) -> Self {
        decimal(key, value, in: 0...1, unit: "", summary)
    }

    private static func decimal(
        _ key: String, _ value: Double, in range: ClosedRange<Double>, unit: String, _ summary: String
    ) -> Self {
        Setting(
            key: key, defaultText: short(value), summary: summary,
            allowed: "\(unit)\(short(range.lowerBound)) to \(short(range.upperBound))"
        ) { text in
            Double(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}

extension Setting where Value == Bool {
    static func flag(_ key: String, _ value: Bool, _ summary: String) -> Self {
        Setting(key: key, defaultText: "\(value)", summary: summary, allowed: "true or false") { Bool($0) }
    }
}

extension Setting where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static func choice(_ key: String, _ value: Value, _ summary: String) -> Self {
        let names = Value.allCases.map(\.rawValue)
        return Setting(
            key: key, defaultText: value.rawValue, summary: summary, allowed: names.joined(separator: ", ")
        ) { Value(rawValue: $0) }
    }
}

extension Setting {
    /// Names of cases, separated by commas, each at most once and at least one.
    static func list<Element: RawRepresentable & CaseIterable & Hashable & Sendable>(
        _ key: String, _ value: [Element], _ summary: String
    ) -> Self where Element.RawValue == String, Value == [Element] {
        let names = Element.allCases.map(\.rawValue)
        return Setting(
            key: key, defaultText: value.map(\.rawValue).joined(separator: ","), summary: summary,
            allowed: "one or more of \(names.joined(separator: ", ")), separated by commas"
        ) { text in
            let elements = text.split(separator: ",").map {
                Element(rawValue: $0.trimmingCharacters(in: .whitespaces))
            }
            let known = elements.compactMap { $0 }
            return known.count == elements.count && !known.isEmpty && Set(known).count == known.count ? known : nil
        }
    }
}
