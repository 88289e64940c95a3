/// Where numbers for Prometheus are served.
extension Settings {
    static let metricsHost = Setting.requiredText(
        "metrics.host", "127.0.0.1", "Address on which the numbers for Prometheus are served, apart from the pages.")
    static let metricsPort = Setting.number(
        "metrics.port", 0, in: 0...65_535,
        "Port for GET /metrics; 0 serves none. The processes of a farm take free ports from this one on.")

    static let forMetrics: [any AnySetting] = [metricsHost, metricsPort]
}
