import Foundation
import GAS
import Glibc
import Logging

extension Farm {
    /// Looks at everything once, and does what is next.
    func step() async {
        let servers = await servers()
        let now = clock.now
        for member in members { await proceed(member.instance.name, servers, now: now) }
        await forgetServers()
        if isEnding {
            endAll(now: now)
        } else {
            if now >= nextLook { await look(now: now) }
            for role in FarmRole.allCases { await fit(role, now: now) }
        }
        await report()
    }

    /// How the load balancer sees its servers; `nil` when it does not say, so that nothing is concluded.
    private func servers() async -> [String: BalancedServer]? {
        // One that is ending does not answer, and is not asked any more.
        guard !isEnding, parts.balancerProcess.isUp else { return nil }
        do {
            return try await parts.balancer.servers()
        } catch {
            logger.warning("The load balancer does not answer.", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Moves one instance along.
    private func proceed(_ name: String, _ servers: [String: BalancedServer]?, now: Date) async {
        guard let index = index(name), let process = members[index].instance.process?.id else { return }
        let member = members[index]
        let server = servers?[name]
        switch member.instance.phase {
        case .starting:
            if isProven(member, server, now: now) {
                members[index].instance.phase = .serving
                note(.began, member.instance.role, "\(name) is at work")
            } else if member.instance.role != .web {
                return
            } else if now > member.deadline {
                kill(index, "it was not ready within \(Int(settings.startSeconds)) s")
            } else if let servers, servers[name] == nil {
                await tellBalancer(of: member.instance)
            }
        case .serving:
            guard member.instance.role == .web, servers != nil else { return }
            if server?.isReady == true {
                members[index].unhealthySince = nil
            } else if let since = member.unhealthySince {
                if now.timeIntervalSince(since) > settings.unhealthySeconds {
                    kill(index, "it has not been ready for \(Int(settings.unhealthySeconds)) s")
                }
            } else {
                members[index].unhealthySince = now
                if server == nil { await tellBalancer(of: member.instance) }
            }
        case .draining:
            if now > member.deadline || (servers != nil && (server?.requests ?? 0) == 0) { stop(index, now: now) }
        case .stopping:
            if now > member.deadline { parts.launcher.signal(process, SIGKILL) }
        }
    }

    /// Whether an instance has shown that it works: a web server by its check, another one by having lived for so long. One
    /// whose program or configuration is no good takes nobody's place.
    private func isProven(_ member: Member, _ server: BalancedServer?, now: Date) -> Bool {
        guard member.instance.role != .web else { return server?.isReady == true }
        return now.timeIntervalSince(member.instance.started) >= settings.steadySeconds
    }

    /// Starts or drains instances until there are as many as there should be.
    private func fit(_ role: FarmRole, now: Date) async {
        let desired = sizes[role] ?? 0
        let active = members.filter { $0.instance.role == role && !$0.isAsked }
        let old = active.filter(\.isOld)
        // While some are replaced there is one more, even above the maximum, so that as many as ever are at work.
        let goal = old.isEmpty ? desired : desired + 1
        let serving = active.count { $0.instance.phase == .serving }
        if active.count < goal {
            guard now >= trouble[role]?.until ?? .distantPast else { return }
            for _ in active.count..<goal { launch(role, now: now) }
        } else if active.count > goal {
            for victim in Self.victims(active).prefix(active.count - goal) {
                await drain(victim.instance.name, now: now)
            }
        } else if let next = old.first, serving >= goal {
            await drain(next.instance.name, now: now)
        }
    }

    /// Whom to part with first: who is to be replaced, who has not begun to work, who came last.
    private static func victims(_ members: [Member]) -> [Member] {
        func rank(_ member: Member) -> Int { member.isOld ? 0 : member.instance.phase == .starting ? 1 : 2 }
        return Array(members.reversed()).enumerated()
            .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
    }

    private func launch(_ role: FarmRole, now: Date) {
        let name = "\(role.rawValue)-\(nextNumber())"
        let port = role == .web ? freePort(from: settings.firstPort) : nil
        let instance = FarmInstance(
            name: name, role: role, phase: .starting, process: nil, port: port,
            metricsPort: settings.firstMetricsPort.map { freePort(from: $0, besides: port) }, started: now)
        members.append(Member(instance: instance, deadline: now.addingTimeInterval(settings.startSeconds)))
        let command = parts.command(instance)
        begin { await self.live(name, command) }
    }

    /// The lowest port that nobody has.
    private func freePort(from first: Int, besides other: Int? = nil) -> Int {
        let taken = Set(members.flatMap { [$0.instance.port, $0.instance.metricsPort] } + [other])
        var port = first
        while taken.contains(port) || !ListeningPort.isFree(port, of: "127.0.0.1") { port += 1 }
        return port
    }

    /// The life of one process.
    private func live(_ name: String, _ command: ProcessCommand) async {
        let how: String
        do {
            how = try await parts.launcher.run(command) { await self.began(name, $0) }
        } catch {
            how = "it could not be started (\(error))"
        }
        await ended(name, how)
    }

    private func began(_ name: String, _ process: Int32) async {
        guard let index = index(name) else { return }
        members[index].instance.process = parts.launcher.mark(process)
        // Asked to end before it was there.
        if members[index].isAsked { parts.launcher.signal(process, SIGTERM) }
        await tellBalancer(of: members[index].instance)
        hurry()
    }

    private func ended(_ name: String, _ how: String) async {
        guard let index = index(name) else { return }
        let member = members.remove(at: index)
        let role = member.instance.role
        if role == .web { forgotten.insert(name) }
        if member.isAsked {
            note(.ended, role, "\(name) has ended")
        } else {
            note(.failed, role, "\(name) is gone: \(how)")
            retry(role, after: clock.now.timeIntervalSince(member.instance.started))
        }
        await forgetServers()
        hurry()
    }

    /// Decides when another one is started in place of one that ended unasked.
    private func retry(_ role: FarmRole, after seconds: Double) {
        trouble[role, default: Trouble()].add(lasted: seconds, settings, now: clock.now)
    }

    /// Takes an instance out of service. A web server first finishes what it has, and is then asked to end; the others do
    /// so when they are asked to end.
    private func drain(_ name: String, now: Date) async {
        guard let index = index(name) else { return }
        members[index].isAsked = true
        guard members[index].instance.role == .web, members[index].instance.phase == .serving else {
            return stop(index, now: now)
        }
        members[index].instance.phase = .draining
        members[index].deadline = now.addingTimeInterval(settings.drainSeconds)
        do {
            try await parts.balancer.drain(name)
        } catch {
            // It finishes by itself what it has when it is asked to end.
            logger.warning(
                "The load balancer did not drain a server.", metadata: ["instance": "\(name)", "error": "\(error)"])
        }
    }

    private func stop(_ index: Int, now: Date) {
        members[index].isAsked = true
        members[index].instance.phase = .stopping
        members[index].deadline = now.addingTimeInterval(settings.stopSeconds)
        // Without a process yet: it is told as soon as it has one.
        if let process = members[index].instance.process { parts.launcher.signal(process.id, SIGTERM) }
    }

    private func kill(_ index: Int, _ reason: String) {
        logger.error(
            "An instance is killed.",
            metadata: ["instance": "\(members[index].instance.name)", "reason": "\(reason)"])
        if let process = members[index].instance.process { parts.launcher.signal(process.id, SIGKILL) }
    }

    private func endAll(now: Date) {
        let running = members.indices.filter { members[$0].instance.phase != .stopping }
        if !running.isEmpty { closeBalancer() }
        for index in running { stop(index, now: now) }
    }

    private func forgetServers() async {
        // One that ends, or is not there, has nothing to forget: a fresh one knows nobody.
        guard !isEnding, parts.balancerProcess.isUp else { return }
        for name in forgotten {
            do {
                if try await parts.balancer.remove(name) { forgotten.remove(name) }
            } catch {
                logger.warning(
                    "The load balancer did not forget a server.",
                    metadata: ["instance": "\(name)", "error": "\(error)"])
            }
        }
    }

    func index(_ name: String) -> Int? { members.firstIndex { $0.instance.name == name } }
}
