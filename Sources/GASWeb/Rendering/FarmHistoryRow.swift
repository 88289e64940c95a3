import Foundation
import GAS

/// What was measured of a farm in one stretch, in the table that charts are drawn from.
struct FarmHistoryRow {
    /// A number with how it is written.
    struct Cell {
        /// For the script; empty when nothing was measured.
        let value: String
        let text: String
        /// The column's name, for narrow screens.
        let label: String
    }

    /// Most rows of a page.
    private static let most = 120

    let time: Moment
    let cells: [Cell]

    /// The measurements, those of neighbouring stretches put together when there are many.
    static func rows(_ history: [FarmMeasurement]) -> [FarmHistoryRow] {
        let size = max(1, (history.count + most - 1) / most)
        return stride(from: 0, to: history.count, by: size).compactMap { start in
            FarmHistoryRow(history[start..<min(history.count, start + size)])
        }
    }

    private init?(_ stretch: ArraySlice<FarmMeasurement>) {
        guard let last = stretch.last else { return nil }
        let seconds = max(0.001, stretch.reduce(0) { $0 + $1.seconds })
        let requests = stretch.reduce(0) { $0 + $1.requests }
        let timed = stretch.compactMap { part in part.meanMilliseconds.map { (time: $0, weight: Double(part.requests)) }
        }
        let weight = timed.reduce(0) { $0 + $1.weight }
        let mean = weight > 0 ? timed.reduce(0) { $0 + $1.time * $1.weight } / weight : nil
        func instances(_ role: FarmRole) -> Double { Double(last.serving[role.rawValue] ?? 0) }
        func cell(_ label: String, _ value: Double?) -> Cell {
            Cell(
                value: value.map { String(format: "%.4g", $0) } ?? "", text: value.map(FarmView.number) ?? "–",
                label: label)
        }
        time = Moment(last.time)
        cells = [
            cell("Web servers", instances(.web)),
            cell("Annotators", instances(.annotator)),
            cell("Requests a second", Double(requests) / seconds),
            cell("Failed", Double(stretch.reduce(0) { $0 + $1.failures })),
            cell("Mean ms", mean),
            cell("95 % ms", stretch.compactMap(\.p95Milliseconds).max()),
            cell("Jobs waiting", Double(stretch.map(\.waiting).max() ?? 0)),
            cell("Oldest s", stretch.map(\.oldestSeconds).max()),
        ]
    }
}
