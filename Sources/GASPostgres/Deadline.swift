/// A moment on the monotonic clock by which a socket must have become ready.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(seconds: Double) { end = .now + .seconds(seconds) }

    /// What is left, rounded up, as `poll` takes it.
    var milliseconds: Int32 {
        let left = (end - .now) / .milliseconds(1)
        return Int32(min(max(0, left.rounded(.up)), 1e9))
    }
}
