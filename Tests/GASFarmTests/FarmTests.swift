import Foundation
import GAS
import GASFarm
import GASTesting
import Glibc
import Synchronization
import Testing

/// A whole farm in simulated time, of processes that are none.
@Suite("A farm", .timeLimit(.minutes(2)))
struct FarmTests {
    @Test("It starts as many as there must be, each with a port of its own")
    func start() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            let ports = fake.launcher.processes("web").compactMap { $0.process.command.environment["GAS_WEB_PORT"] }
            #expect(Set(ports).count == 2)
            let servers = fake.balancer.state.withLock { $0.values.map { String($0.port) } }
            #expect(Set(servers) == Set(ports))
            let state = try #require(try await fake.store.state())
            #expect(state.groups.map(\.desired) == [2, 2, 1])
            #expect(state.balancer != nil)
        }
    }

    @Test(
        "Whoever is killed is replaced within a second, and counts once it has proven itself",
        arguments: FarmRole.allCases)
    func replaced(_ role: FarmRole) async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            try await fake.pass(6)
            let victim = try #require(try await fake.store.state()?.serving(role).first)
            fake.launcher.end(try #require(victim.process).id)
            let seconds = try await fake.wait { state in
                state.instances.count == 5 && !state.instances.contains { $0.name == victim.name }
            }
            #expect(seconds <= 1)
            let proof = try await fake.wait { $0.isSettled() }
            #expect(role == .web ? proof <= 1 : (4...6).contains(proof))
            let events = try #require(try await fake.store.state()).events
            #expect(events.contains { $0.kind == .failed && $0.text.hasPrefix("\(victim.name) is gone") })
            #expect(fake.balancer.state.withLock { $0[victim.name] } == nil)
        }
    }

    @Test("When all are killed all come back")
    func allReplaced() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            try await fake.pass(6)
            let before = Set(try #require(try await fake.store.state()).instances.map(\.name))
            for role in FarmRole.allCases {
                for (id, _) in fake.launcher.processes(role.rawValue) { fake.launcher.end(id) }
            }
            let seconds = try await fake.wait { state in
                state.isSettled() && before.isDisjoint(with: state.instances.map(\.name))
            }
            #expect(seconds <= 7)
        }
    }

    @Test("Jobs bring annotators up to the maximum, and they go again, finishing first")
    func scaling() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            for _ in 0..<12 {
                try await fake.submit(6)
                try await fake.pass(1)
            }
            try await fake.wait { $0.isSettled(annotators: 4) }
            let names = try #require(try await fake.store.state()).serving(.annotator).map(\.name)
            fake.launcher.makeStubborn("annotator")
            // The newest is asked, and has not ended yet.
            try await fake.wait { state in state.instances.contains { $0.phase == .stopping } }
            let state = try #require(try await fake.store.state())
            #expect(state.instances.filter { $0.phase == .stopping }.map(\.name) == [names.last])
            let asked = fake.launcher.processes("annotator").filter { !$0.process.signals.isEmpty }
            #expect(asked.map(\.process.signals) == [[SIGTERM]])
            fake.launcher.end(asked[0].id)
            try await fake.wait(5) { $0.instances.count { $0.role == .annotator } == 3 }
            let events = try #require(try await fake.store.state()).events
            #expect(events.filter { $0.kind == .scaledOut }.map { $0.text.prefix(6) } == ["2 to 3", "3 to 4"])
            #expect(events.contains { $0.kind == .scaledIn && $0.text.hasPrefix("4 to 3: in, ") })
            #expect(events.last { $0.kind == .ended }?.text == "\(names[3]) has ended")
        }
    }

    @Test("A process that does not end when it was asked is killed when its time is over")
    func stubborn() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            for _ in 0..<3 {
                try await fake.submit(6)
                try await fake.pass(1)
            }
            try await fake.wait { $0.serving(.annotator).count >= 3 }
            fake.launcher.makeStubborn("annotator")
            try await fake.wait { state in state.instances.contains { $0.phase == .stopping } }
            let last = try #require(try await fake.store.state()?.instances.first { $0.phase == .stopping })
            let process = try #require(last.process)
            try await fake.pass(28)
            #expect(fake.launcher.ticks(of: process.id) != nil)
            try await fake.wait(5) { state in !state.instances.contains { $0.name == last.name } }
            let signals = fake.launcher.processes("annotator", alive: false).first { $0.id == process.id }?.process
                .signals
            #expect(signals == [SIGTERM, SIGKILL])
        }
    }

    @Test("Every process is replaced, one after the other, and as many as ever are at work")
    func rolling() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            let old = Set(try #require(try await fake.store.state()).instances.map(\.name))
            await fake.farm.restart()
            var fewest = Int.max
            try await fake.wait { state in
                // Of the group that has one at most there is another one meanwhile.
                fewest = min(
                    fewest, state.serving(.web).count, state.serving(.annotator).count,
                    state.serving(.utility).count + 1)
                return state.isSettled() && old.isDisjoint(with: state.instances.map(\.name))
            }
            #expect(fewest >= 2)
        }
    }

    @Test("A web server goes when its requests are done, or its time is over", arguments: [true, false])
    func draining(_ finishes: Bool) async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            for name in try #require(try await fake.store.state()).serving(.web).map(\.name) {
                fake.balancer.state.withLock { $0[name]?.requests = 1 }
            }
            await fake.farm.restart()
            try await fake.wait { state in state.instances.contains { $0.phase == .draining } }
            let draining = try #require(try await fake.store.state()?.instances.first { $0.phase == .draining })
            #expect(fake.balancer.state.withLock { $0[draining.name]?.isDraining } == true)
            try await fake.pass(15)
            let process = try #require(draining.process).id
            #expect(fake.launcher.ticks(of: process) != nil, "it is left alone while it has requests")
            if finishes { fake.balancer.state.withLock { $0[draining.name]?.requests = 0 } }
            let seconds = try await fake.wait { state in !state.instances.contains { $0.name == draining.name } }
            #expect(finishes ? seconds <= 1 : (4...7).contains(seconds))
        }
    }

    @Test("In the end every process was asked to end, and nothing is left")
    func end() async throws {
        let kept = Kept()
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            await kept.keep(fake)
        }
        let fake = try #require(await kept.fake)
        for role in ["web", "annotator", "utility", "-db"] {
            #expect(fake.launcher.processes(role).isEmpty)
            #expect(
                fake.launcher.processes(role, alive: false).allSatisfy {
                    $0.process.signals.contains(SIGTERM) || role == "-db"
                })
        }
        #expect(try await fake.store.state()?.instances.isEmpty == true)
    }

    private actor Kept {
        var fake: FakeFarm?
        func keep(_ fake: FakeFarm) { self.fake = fake }
    }
}
