import Foundation
import GAS
import GASFarm
import GASTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// A farm of such processes.
struct FakeFarm {
    let farm: Farm
    let launcher: FakeLauncher
    let balancer = FakeBalancer()
    let jobs = InMemoryJobStore()
    let store = InMemoryFarmStore()
    let clock = ManualClock()
    let certificate = Certificate()

    /// The certificate as it is now.
    final class Certificate: Sendable {
        let pem = Mutex("first")
    }

    /// Scaled by jobs within ten seconds, looked at each second.
    static let policies = """
        {"name": "quick", "summary": "For tests.", "evaluationSeconds": 1,
         "groups": [{"role": "web", "minimum": 2, "maximum": 4}, {"role": "annotator", "minimum": 2, "maximum": 4},
                    {"role": "utility", "minimum": 1, "maximum": 1}],
         "policies": [
           {"name": "out", "role": "annotator", "adjustment": 1, "cooldownSeconds": 5,
            "alarm": {"metric": "annotator.messages-sent", "statistic": "Sum", "periodSeconds": 10,
              "evaluationPeriods": 1, "comparison": "GreaterThanThreshold", "threshold": 5,
              "missingData": "notBreaching"}},
           {"name": "in", "role": "annotator", "adjustment": -1, "cooldownSeconds": 5,
            "alarm": {"metric": "annotator.messages-sent", "statistic": "Sum", "periodSeconds": 10,
              "evaluationPeriods": 1, "comparison": "LessThanThreshold", "threshold": 2,
              "missingData": "breaching"}}]}
        """

    /// Runs a farm while `body` looks at it, then shuts it down.
    static func use(
        before prepare: (FakeFarm) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (FakeFarm) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("farm-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let fake = try FakeFarm(folder: folder)
        try await prepare(fake)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: fake.farm)],
                logger: Logger(
                    label: "test",
                    factory: { _ in
                        SwiftLogNoOpLogHandler()
                    })))
        try await within(seconds: 60) {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                do { try await body(fake) } catch {
                    tasks.cancelAll()
                    throw error
                }
                await group.triggerGracefulShutdown()
                tasks.addTask {
                    while !Task.isCancelled {
                        fake.clock.advance(seconds: 0.1)
                        try await Task.sleep(for: .milliseconds(1))
                    }
                }
                try await tasks.next()
                tasks.cancelAll()
            }
        }
    }

    private init(folder: String) throws {
        launcher = FakeLauncher(socket: folder + "/haproxy.sock")
        let settings = HAProxySettings(
            program: "/bin/true", host: "127.0.0.1", port: 0, certificate: nil, folder: folder, connections: 100,
            idleSeconds: 75, answerSeconds: 60, headSeconds: 10, checkSeconds: 1)
        farm = try Farm(
            settings: FarmSettings(
                address: "https://localhost:4433", firstPort: 41_000, firstMetricsPort: nil, startSeconds: 10,
                unhealthySeconds: 3,
                drainSeconds: 20, stopSeconds: 30, steadySeconds: 5, longestPause: 30, historySeconds: 600,
                events: 50),
            policies: try ScalingPolicies(json: Data(Self.policies.utf8), from: "quick.json"),
            parts: FarmParts(
                launcher: launcher, balancer: balancer,
                balancerProcess: BalancerProcess(settings, requests: try RequestLog()),
                certificate: { [certificate] in certificate.pem.withLock { $0 } },
                command: { instance in
                    ProcessCommand(
                        program: "/bin/gas", arguments: [instance.role.rawValue],
                        environment: instance.port.map { ["GAS_WEB_PORT": String($0)] } ?? [:])
                },
                queue: InMemoryQueue(name: "job-requests", clock: clock), jobs: jobs, store: store),
            clock: clock,
            logger: Logger(label: "farm", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Lets time pass, at most `seconds` of it, until the state is as it should be.
    /// - Returns: the seconds that it took.
    @discardableResult
    func wait(_ seconds: Double = 60, until condition: (FarmState) -> Bool) async throws -> Double {
        let start = clock.now
        while true {
            if let state = try await store.state(), condition(state) { return clock.now.timeIntervalSince(start) }
            guard clock.now.timeIntervalSince(start) < seconds else {
                let state = try await store.state()
                throw GASError(.internal, "It did not come to be within \(seconds) s: \(state?.instances ?? [])")
            }
            clock.advance(seconds: 0.1)
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Lets so much time pass.
    func pass(_ seconds: Double) async throws {
        let end = clock.now.addingTimeInterval(seconds)
        try await wait(seconds + 1) { _ in clock.now >= end }
    }

    func submit(_ count: Int) async throws {
        for _ in 0..<count {
            #expect(try await jobs.add(.sample(at: clock.now)))
        }
    }
}

extension FarmState {
    func serving(_ role: FarmRole) -> [FarmInstance] {
        instances.filter { $0.role == role && $0.phase == .serving }
    }

    /// Whether exactly so many serve and no others are there.
    func isSettled(web: Int = 2, annotators: Int = 2) -> Bool {
        serving(.web).count == web && serving(.annotator).count == annotators && serving(.utility).count == 1
            && instances.count == web + annotators + 1
    }
}
