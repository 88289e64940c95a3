import Foundation
import GAS
import GASFarm
import GASTesting
import Glibc
import Synchronization
import Testing

/// What a farm does about what is wrong with its processes, and about what an earlier farm left.
@Suite("A farm heals", .timeLimit(.minutes(2)))
struct FarmHealingTests {
    @Test("Who dies young again and again is started ever more seldom")
    func stillborn() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            fake.launcher.makeStillborn("annotator")
            for (id, _) in fake.launcher.processes("annotator") { fake.launcher.end(id) }
            try await fake.pass(120)
            let starts = fake.launcher.processes("annotator", alive: false).count
            #expect((8...40).contains(starts), "\(starts) starts")
        }
    }

    @Test("A web server that is not ready for long is replaced; one that never becomes ready, too")
    func unhealthy() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            try await fake.pass(6)
            let victim = try #require(try await fake.store.state()?.serving(.web).first)
            fake.balancer.state.withLock { $0[victim.name]?.isReady = false }
            fake.balancer.areReady.withLock { $0 = false }
            try await fake.wait(6) { state in !state.instances.contains { $0.name == victim.name } }
            let next = try #require(try await fake.store.state()?.instances.last { $0.role == .web })
            #expect(next.phase == .starting)
            try await fake.wait(15) { state in !state.instances.contains { $0.name == next.name } }
            fake.balancer.areReady.withLock { $0 = true }
            try await fake.wait { $0.isSettled() }
        }
    }

    @Test("A program or configuration that cannot start takes the place of nobody")
    func unproven() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            let old = try #require(try await fake.store.state())
            for role in ["annotator", "utility"] { fake.launcher.makeStillborn(role) }
            await fake.farm.restart()
            try await fake.pass(60)
            let state = try #require(try await fake.store.state())
            for role in [FarmRole.annotator, .utility] { #expect(state.serving(role) == old.serving(role)) }
            #expect(Set(state.serving(.web).map(\.name)).isDisjoint(with: old.serving(.web).map(\.name)))
        }
    }

    @Test("A restart takes the certificate as it is now; one that is refused changes nothing")
    func certificates() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            #expect(fake.balancer.certificates.withLock { $0 } == ["first"])
            await fake.farm.restart()
            #expect(fake.balancer.certificates.withLock { $0 } == ["first"])
            fake.certificate.pem.withLock { $0 = "second" }
            await fake.farm.restart()
            #expect(fake.balancer.certificates.withLock { $0 } == ["first", "second"])
            fake.certificate.pem.withLock { $0 = "third" }
            fake.balancer.isPicky.withLock { $0 = true }
            await fake.farm.restart()
            fake.balancer.isPicky.withLock { $0 = false }
            fake.launcher.end(try #require(fake.launcher.processes("-db").first).id)
            try await fake.wait(5) { _ in fake.balancer.certificates.withLock { $0.last == "third" } }
        }
    }

    @Test("What ends a load balancer again and again is noted, and it is started ever more seldom")
    func balancerInTrouble() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            fake.launcher.makeStillborn("-db")
            fake.launcher.end(try #require(fake.launcher.processes("-db").first).id)
            try await fake.pass(60)
            let starts = fake.launcher.processes("-db", alive: false).count
            #expect((5...12).contains(starts), "\(starts) starts")
            let state = try #require(try await fake.store.state())
            #expect((1...4).contains(state.events.count { $0.text.hasPrefix("The load balancer is gone: it ") }))
        }
    }

    @Test("A load balancer that was killed is started again and told of all servers")
    func balancerReplaced() async throws {
        try await FakeFarm.use { fake in
            try await fake.wait { $0.isSettled() }
            let servers = fake.balancer.state.withLock { servers in
                defer { servers = [:] }
                return Set(servers.keys)
            }
            let balancer = try #require(fake.launcher.processes("-db").first)
            fake.launcher.end(balancer.id)
            try await fake.wait(3) { state in
                state.balancer != nil && state.balancer?.id != balancer.id && state.isSettled()
                    && fake.balancer.state.withLock { Set($0.keys) } == servers
            }
        }
    }

    @Test("What an earlier farm left behind is ended first")
    func leftovers() async throws {
        try await FakeFarm.use { fake in
            let left = ProcessCommand(program: "/bin/gas", arguments: ["leftover"], environment: [:])
            await withCheckedContinuation { (started: CheckedContinuation<Void, Never>) in
                Task { _ = try await fake.launcher.run(left) { _ in started.resume() } }
            }
            var state = FarmSamples.state(3)
            state.instances[0].process = ProcessMark(id: 1000, ticks: 10_000)
            state.balancer = ProcessMark(id: 1000, ticks: 999)
            try await fake.store.write(state)
        } _: { fake in
            try await fake.wait { $0.isSettled() }
            #expect(fake.launcher.processes("leftover", alive: false).map(\.process.signals) == [[SIGTERM]])
            let state = try #require(try await fake.store.state())
            #expect(state.history.count >= 3)
        }
    }
}
