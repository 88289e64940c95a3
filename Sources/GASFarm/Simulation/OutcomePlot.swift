import Foundation

/// Outcomes of one trace as a picture (SVG): for each group what came, how many instances worked, and how long tasks
/// waited.
public struct OutcomePlot: Sendable {
    private static let width = 960.0
    private static let panelHeight = 130.0
    private static let left = 64.0
    private static let right = 16.0
    private static let gap = 46.0
    /// Ink of each outcome (Okabe and Ito's palette, told apart by everybody), and dashes besides.
    private static let inks = [("#0072B2", "none"), ("#D55E00", "6 3"), ("#009E73", "2 3"), ("#CC79A7", "9 3 2 3")]

    private let title: String
    private let outcomes: [SimulationOutcome]

    /// - Parameter title: what was played.
    public init(title: String, outcomes: [SimulationOutcome]) {
        self.title = title
        self.outcomes = outcomes
    }

    private struct Panel {
        let title: String
        /// One line for each outcome, or one for all.
        let lines: [[(time: Double, value: Double)]]
        let isCommon: Bool
    }

    /// The picture.
    public var svg: String {
        let panels =
            panels("Web servers", "requests a second", 1, \.web)
            + panels("Annotators", "jobs a minute", 60, \.annotators)
        let height = 64 + Double(panels.count) * (Self.panelHeight + Self.gap)
        var parts = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(height))" \
            font-family="sans-serif" font-size="12" role="img" aria-label="\(title.escaped)">
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="\(Self.left)" y="22" font-size="15" font-weight="bold">\(title.escaped)</text>
            """
        ]
        for (index, outcome) in outcomes.enumerated() {
            let (x, ink) = (Self.left + Double(index) * 150, Self.inks[index % Self.inks.count])
            parts.append(
                "<line x1=\"\(x)\" x2=\"\(x + 28)\" y1=\"38\" y2=\"38\" stroke=\"\(ink.0)\" stroke-width=\"2\" "
                    + "stroke-dasharray=\"\(ink.1)\"/><text x=\"\(x + 34)\" y=\"42\">\(outcome.policies.escaped)</text>"
            )
        }
        for (index, panel) in panels.enumerated() {
            parts.append(draw(panel, top: 72 + Double(index) * (Self.panelHeight + Self.gap)))
        }
        return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private func panels(
        _ group: String, _ rate: String, _ factor: Double, _ path: KeyPath<SimulationOutcome, SimulationOutcome.Group>
    ) -> [Panel] {
        let groups = outcomes.map { $0[keyPath: path].points }
        func thinned(_ value: ([SimulationOutcome.Group.Point], Double) -> Double) -> [[(time: Double, value: Double)]]
        {
            groups.map { Self.thin($0, value) }
        }
        return [
            Panel(
                title: "\(group): \(rate)",
                lines: Array(
                    thinned { points, seconds in
                        Double(points.reduce(0) { $0 + $1.arrivals }) / max(1, seconds) * factor
                    }.prefix(1)),
                isCommon: true),
            Panel(
                title: "\(group) at work",
                lines: thinned { points, _ in Double(points.map(\.instances).max() ?? 0) }, isCommon: false),
            Panel(
                title: "\(group): waiting time, 95th percentile, in seconds",
                lines: thinned { points, _ in points.compactMap(\.waitSeconds).max() ?? 0 }, isCommon: false),
        ]
    }

    /// At most 400 points, each standing for those of a stretch.
    private static func thin(
        _ points: [SimulationOutcome.Group.Point], _ value: ([SimulationOutcome.Group.Point], Double) -> Double
    ) -> [(time: Double, value: Double)] {
        let stride = max(1, (points.count + 399) / 400)
        var (result, before) = ([(time: Double, value: Double)](), 0.0)
        for start in Swift.stride(from: 0, to: points.count, by: stride) {
            let stretch = Array(points[start..<min(points.count, start + stride)])
            guard let last = stretch.last else { continue }
            result.append((last.time, value(stretch, last.time - before)))
            before = last.time
        }
        return result
    }

    private func draw(_ panel: Panel, top: Double) -> String {
        let bottom = top + Self.panelHeight
        let end = panel.lines.compactMap(\.last?.time).max() ?? 1
        let most = Self.nice(panel.lines.flatMap { $0.map(\.value) }.max() ?? 0)
        func x(_ time: Double) -> Double { Self.left + time / end * (Self.width - Self.left - Self.right) }
        func y(_ value: Double) -> Double { bottom - value / most * Self.panelHeight }
        func place(_ value: Double) -> String { String(fixed: value, digits: 1) }
        var parts = ["<text x=\"\(Self.left)\" y=\"\(top - 8)\" font-weight=\"bold\">\(panel.title.escaped)</text>"]
        for share in [0, 0.5, 1] {
            let height = y(most * share)
            parts.append(
                "<line x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(place(height))\" "
                    + "y2=\"\(place(height))\" stroke=\"#ddd\"/><text x=\"\(Self.left - 8)\" y=\"\(place(height + 4))\" "
                    + "text-anchor=\"end\" fill=\"#555\">\(Self.label(most * share))</text>")
        }
        for part in 0...6 {
            let time = end * Double(part) / 6
            parts.append(
                "<text x=\"\(place(x(time)))\" y=\"\(bottom + 16)\" text-anchor=\"middle\" fill=\"#555\">"
                    + "\(Self.label(time / 3600)) h</text>")
        }
        for (index, line) in panel.lines.enumerated() {
            let ink = panel.isCommon ? ("#555", "none") : Self.inks[index % Self.inks.count]
            let points = line.map { "\(place(x($0.time))),\(place(y($0.value)))" }.joined(separator: " ")
            parts.append(
                "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(ink.0)\" stroke-width=\"1.6\" "
                    + "stroke-dasharray=\"\(ink.1)\"/>")
        }
        return parts.joined(separator: "\n")
    }

    /// The next of 1, 2, 5, 10, 20 and so on.
    private static func nice(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        let power = pow(10, floor(log10(value)))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= value } ?? value
    }

    private static func label(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(format: "%.3g", value)
    }
}

extension String {
    /// Fit for SVG.
    fileprivate var escaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
