import GAS

/// What came of playing a trace against one set of policies.
public struct SimulationOutcome: Sendable, Hashable {
    /// One group over time.
    public struct Group: Sendable, Hashable {
        /// What a group was like at one moment.
        public struct Point: Sendable, Hashable {
            /// Seconds since the beginning.
            public let time: Double
            /// Tasks that came since the last point.
            public let arrivals: Int
            /// Instances at work.
            public let instances: Int
            /// Tasks that waited.
            public let waiting: Int
            /// 95th percentile of the waiting times of tasks that began since the last point, in seconds; `nil` of none.
            public let waitSeconds: Double?
        }

        /// In the order of time.
        public private(set) var points: [Point] = []
        /// Waiting times of all tasks that began, in seconds.
        public private(set) var waits = Tally()
        /// Instances times hours, from start to end.
        public private(set) var instanceHours = 0.0
        /// How often instances were added.
        public fileprivate(set) var additions = 0
        /// How often instances were removed.
        public fileprivate(set) var removals = 0
        /// Tasks that still waited in the end.
        public private(set) var left = 0

        /// Most instances at work at the same time.
        public var largest: Int { points.map(\.instances).max() ?? 0 }

        mutating func add(_ stretch: Station.Stretch, _ station: Station, at time: Double) {
            points.append(
                Point(
                    time: time, arrivals: stretch.arrivals, instances: station.serving, waiting: station.queue,
                    waitSeconds: stretch.waits.percentile(0.95)))
        }

        /// The columns of a table for people.
        fileprivate var figures: [String] {
            func seconds(_ value: Double?) -> String { value.map { String(fixed: $0, digits: 3) } ?? "–" }
            return [
                String(Int(waits.count)), seconds(waits.mean), seconds(waits.percentile(0.95)),
                seconds(waits.maximum), String(largest), String(fixed: instanceHours, digits: 1), String(additions),
                String(removals),
            ]
        }

        mutating func finish(_ station: Station) {
            waits = station.waits
            instanceHours = station.instanceSeconds / 3600
            left = station.queue
        }
    }

    /// The set.
    public let policies: String
    /// The web servers.
    public internal(set) var web = Group()
    /// The annotators.
    public internal(set) var annotators = Group()

    init(policies: String) { self.policies = policies }

    mutating func note(_ decision: ScalingDecision) {
        let path: WritableKeyPath<SimulationOutcome, Group> = decision.role == .web ? \.web : \.annotators
        if decision.to > decision.from { self[keyPath: path].additions += 1 } else { self[keyPath: path].removals += 1 }
    }

    /// A table for people, with one line for each group of each outcome.
    public static func table(_ outcomes: [SimulationOutcome]) -> String {
        let head = [
            "policies", "group", "tasks", "wait mean s", "wait p95 s", "wait max s", "most", "instance-hours", "added",
            "removed",
        ]
        let rows = outcomes.flatMap { outcome -> [[String]] in
            [
                [outcome.policies, "web"] + outcome.web.figures,
                [outcome.policies, "annotators"] + outcome.annotators.figures,
            ]
        }
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return column < 2 ? row[column] + padding : padding + row[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// Every point of every outcome, as a table for programs.
    public static func csv(_ outcomes: [SimulationOutcome]) -> String {
        var lines = ["policies,group,seconds,arrivals,instances,waiting,wait_p95_seconds"]
        for outcome in outcomes {
            for (name, group) in [("web", outcome.web), ("annotators", outcome.annotators)] {
                for point in group.points {
                    let wait = point.waitSeconds.map { String(fixed: $0, digits: 6) } ?? ""
                    lines.append(
                        "\(outcome.policies),\(name),\(Int(point.time)),\(point.arrivals),\(point.instances),"
                            + "\(point.waiting),\(wait)")
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
