import Foundation
import GAS
import Glibc
import Logging
import ServiceLifecycle

/// Keeps web servers, annotators and the rest running as processes: as many as the policies say, in place of each that
/// ended another one, and none taken away before it has finished what it had.
///
/// Everything that happens goes through `step`, which looks at what there is and does the next thing about it. So a step
/// that failed is made good by the next one.
public actor Farm: Service {
    /// An instance with what the farm knows of it besides.
    struct Member {
        var instance: FarmInstance
        /// When what is under way must be over.
        var deadline: Date
        /// Since when a serving web server has not been ready.
        var unhealthySince: Date?
        /// Whether it is to be replaced by another one of its kind.
        var isOld = false
        /// Whether it was asked to end.
        var isAsked = false
        /// Processor time it had used when it was looked at last, in seconds.
        var processorSeconds: Double?
    }

    /// Trouble with starting instances of one role.
    struct Trouble {
        var failures = 0
        var until = Date.distantPast

        /// One has ended. One that lasted is replaced at once; who dies young again and again is given ever longer pauses.
        mutating func add(lasted seconds: Double, _ settings: FarmSettings, now: Date) {
            failures = seconds >= settings.steadySeconds ? 0 : failures + 1
            // The first one that dies young is no pattern yet.
            let pause = failures < 2 ? 0 : min(settings.longestPause, 0.25 * pow(2, Double(failures)))
            until = now.addingTimeInterval(pause)
        }
    }

    typealias Work = @Sendable () async -> Void

    /// A step is made at least so often, in seconds.
    static let calm = 1.0
    /// And so often while something is under way.
    static let busy = 0.1

    let settings: FarmSettings
    let evaluator: ScalingEvaluator
    let parts: FarmParts
    let clock: any WallClock
    let logger: Logger
    let bell = Bell()
    private let work: AsyncStream<Work>
    private let feed: AsyncStream<Work>.Continuation

    var members: [Member] = []
    var sizes: [FarmRole: Int]
    var activities: [FarmRole: ScalingActivity] = [:]
    var trouble: [FarmRole: Trouble] = [:]
    /// Servers that the load balancer must still forget.
    var forgotten: Set<String> = []
    var book = SampleBook()
    var state: FarmState
    /// The certificate that the load balancer took last.
    var servedCertificate: String?
    var nextLook: Date
    var lastLook: Date
    var submissions: SubmissionCount
    private var lastNumber = 0
    private(set) var isEnding = false
    /// The state as it was written last, but for its time.
    var written: FarmState?

    /// Prepares a farm.
    /// - Throws: when the machine does not tell about this process.
    public init(
        settings: FarmSettings, policies: ScalingPolicies, parts: FarmParts, clock: any WallClock, logger: Logger
    ) throws {
        self.settings = settings
        self.parts = parts
        self.clock = clock
        self.logger = logger
        evaluator = ScalingEvaluator(policies)
        sizes = Dictionary(uniqueKeysWithValues: policies.groups.map { ($0.role, $0.minimum) })
        (work, feed) = AsyncStream.makeStream()
        let (now, process) = (clock.now, ProcessInfo.processInfo.processIdentifier)
        submissions = SubmissionCount(jobs: parts.jobs, start: now)
        (lastLook, nextLook) = (now, now.addingTimeInterval(policies.evaluationSeconds))
        state = FarmState(
            time: now, started: now, process: parts.launcher.mark(process), balancer: nil, policies: policies.name,
            address: settings.address, groups: [], instances: [], alarms: [], events: [],
            history: [])
    }

    /// Keeps the farm until shutdown, then lets every process finish.
    /// - Throws: when the load balancer cannot run here: it is not installed, may not open enough files, or another program
    ///   has its port.
    public func run() async throws {
        try parts.balancerProcess.check()
        try await endLeftovers()
        try parts.balancerProcess.checkPort()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.waitForShutdown() }
            group.addTask { await self.keepBalancer() }
            group.addTask { await self.keepStepping() }
            for await item in work { group.addTask(operation: item) }
        }
        await report()
        parts.balancerProcess.requests.stop()
    }

    /// Replaces every instance by a new one, one at a time, none before its successor is at work, and takes the certificate
    /// as it is now.
    public func restart() async {
        logger.notice("Every instance will be replaced.")
        for index in members.indices { members[index].isOld = true }
        bell.ring()
        await renewCertificate()
    }

    private func waitForShutdown() async {
        do {
            try await gracefulShutdown()
        } catch {
            // Cut off: everything is ended by its launcher.
        }
        isEnding = true
        bell.ring()
    }

    /// Steps until everything has ended.
    private func keepStepping() async {
        while !isEnding || !members.isEmpty {
            let rings = bell.rings
            await step()
            let pause = isUnsettled ? Self.busy : Self.calm
            do {
                try await bell.wait(past: rings, until: clock.now.addingTimeInterval(pause), by: clock)
            } catch {
                // Cut off: what runs is ended by its launcher.
                break
            }
        }
        if let balancer = state.balancer { parts.launcher.signal(balancer.id, SIGTERM) }
        feed.finish()
    }

    private var isUnsettled: Bool {
        isEnding || !forgotten.isEmpty || members.contains { $0.instance.phase != .serving }
            || sizes.contains { role, size in members.count { $0.instance.role == role } != size }
    }

    /// A number that no instance has had.
    func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Does something beside everything else; `run` waits for its end.
    func begin(_ item: @escaping Work) { feed.yield(item) }

    /// Lets the next step come at once.
    func hurry() { bell.ring() }
}
