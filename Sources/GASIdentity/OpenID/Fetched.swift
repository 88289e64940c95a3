import Foundation
import GAS

/// How often a provider is asked about itself.
struct FetchPace: Sendable {
    /// Seconds after which a thing is fetched anew. When that fails, the old one serves for as long again.
    let lifetime: Double
    /// Seconds after one look for something newer in which there is no other.
    let pause: Double
    /// Seconds after a failure in which nothing is tried.
    let retry: Double
}

/// Something that a provider publishes: fetched when it is needed, kept for a while, and fetched once for all who wait.
actor Fetched<Value: Sendable> {
    struct Copy: Sendable {
        let value: Value
        let time: Date
    }

    private let pace: FetchPace
    private let clock: any WallClock
    private let fetch: @Sendable () async throws -> Value
    private var last: Copy?
    private var lastTry: Date?
    private var lastLook: Date?
    private var failure: (any Error)?
    private var underWay: Task<Copy, any Error>?

    init(pace: FetchPace, clock: any WallClock, fetch: @escaping @Sendable () async throws -> Value) {
        self.pace = pace
        self.clock = clock
        self.fetch = fetch
    }

    /// The value, at most its lifetime old unless the provider fails.
    func copy() async throws -> Copy {
        if let last, age(last) < pace.lifetime { return last }
        do {
            if let failure, !hasPassed(pace.retry, since: lastTry) { throw failure }
            return try await fetched()
        } catch {
            guard let last, age(last) < 2 * pace.lifetime else { throw error }
            return last
        }
    }

    /// The value as it is published now, for whom the copy of `time` does not serve.
    /// - Returns: `nil` when it is too early to ask again.
    func copy(newerThan time: Date) async throws -> Copy? {
        if let last, last.time > time { return last }
        guard underWay != nil || hasPassed(pace.pause, since: lastLook) else { return nil }
        lastLook = clock.now
        return try await fetched()
    }

    private func fetched() async throws -> Copy {
        if let underWay { return try await underWay.value }
        let (fetch, now) = (fetch, clock.now)
        let task = Task { Copy(value: try await fetch(), time: now) }
        (underWay, lastTry, failure) = (task, now, nil)
        defer { underWay = nil }
        do {
            let copy = try await task.value
            last = copy
            return copy
        } catch {
            failure = error
            throw error
        }
    }

    private func age(_ copy: Copy) -> Double { clock.now.timeIntervalSince(copy.time) }

    private func hasPassed(_ seconds: Double, since time: Date?) -> Bool {
        time.map { clock.now.timeIntervalSince($0) >= seconds } ?? true
    }
}
