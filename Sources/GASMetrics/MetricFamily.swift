/// One of the things that tell metrics of a name apart: `route="/annotate"`.
public struct MetricLabel: Sendable, Hashable, CustomStringConvertible {
    let name: String
    let value: String

    /// Names and states it.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// As it is written, with the value's special characters escaped.
    public var description: String {
        let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\(name)=\"\(escaped)\""
    }

    static func labels(_ dimensions: [(String, String)]) -> [MetricLabel] {
        dimensions.map { MetricLabel($0.0, $0.1) }
    }
}

/// A number that is looked up when it is asked for, such as the depth of a queue.
public struct MetricReading: Sendable, Hashable {
    let name: String
    let labels: [MetricLabel]
    let value: Double

    /// States it.
    public init(_ name: String, _ labels: [MetricLabel] = [], value: Double) {
        self.name = name
        self.labels = labels
        self.value = value
    }
}

/// All metrics of one name, as Prometheus reads them (its text format, version 0.0.4).
struct MetricFamily {
    enum Kind: String {
        case counter, gauge, histogram
    }

    struct Sample {
        let suffix: String
        let labels: [MetricLabel]
        let value: Double
    }

    let name: String
    let help: String?
    let kind: Kind
    let samples: [Sample]

    var text: String {
        let head = (help.map { "# HELP \(name) \($0)\n" } ?? "") + "# TYPE \(name) \(kind.rawValue)\n"
        // Buckets have an order of their own.
        let lines = samples.map { sample in
            let labels = sample.labels.isEmpty ? "" : "{\(sample.labels.map(\.description).joined(separator: ","))}"
            return "\(name)\(sample.suffix)\(labels) \(Self.number(sample.value))\n"
        }
        return head + (kind == .histogram ? lines : lines.sorted()).joined()
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
