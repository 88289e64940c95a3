/// How mails say for how long a link works.
public enum LinkLifetime {
    /// Seconds in words, in hours where that is exact, rounded up to minutes else.
    public static func words(_ seconds: Double) -> String {
        let minutes = Int((seconds / 60).rounded(.up))
        let (count, unit) = minutes % 60 == 0 ? (minutes / 60, "hour") : (minutes, "minute")
        return "\(count) \(unit)\(count == 1 ? "" : "s")"
    }
}
