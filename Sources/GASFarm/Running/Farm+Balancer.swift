import Foundation
import GAS
import Glibc
import Logging

extension Farm {
    /// Keeps the load balancer running, and tells a fresh one of all servers.
    func keepBalancer() async {
        var trouble = Trouble()
        while !isEnding {
            let start = clock.now
            var text: String
            do {
                let command = try parts.balancerProcess.prepare()
                let how = try await parts.launcher.run(command) { await self.balancerBegan($0) }
                text = "The load balancer is gone: \(how)"
            } catch {
                text = "The load balancer cannot be started: \((error as? GASError)?.message ?? "\(error)")"
            }
            state.balancer = nil
            let alerts = parts.balancerProcess.requests.takeAlerts()
            if !alerts.isEmpty { text += "; " + alerts.joined(separator: " ") }
            guard !isEnding else { return }
            // What keeps happening is noted once, so that it does not push out what happened besides.
            if trouble.failures < 2 || state.events.last?.text != text { note(.failed, .web, text) }
            trouble.add(lasted: clock.now.timeIntervalSince(start), settings, now: clock.now)
            repeat {
                // When it is cut off, the load balancer has ended by its launcher.
                guard (try? await clock.sleep(seconds: Self.calm / 4)) != nil else { return }
            } while !isEnding && clock.now < trouble.until
        }
    }

    private func balancerBegan(_ process: Int32) async {
        state.balancer = parts.launcher.mark(process)
        if isEnding { parts.launcher.signal(process, SIGTERM) }
        for _ in 0..<50 where !parts.balancerProcess.isUp {
            guard (try? await clock.sleep(seconds: Self.busy)) != nil else { return }
        }
        // It knows nothing of those that run.
        forgotten = []
        for member in members where member.instance.role == .web && member.instance.phase != .stopping {
            await tellBalancer(of: member.instance)
        }
        bell.ring()
        await renewCertificate()
    }

    /// Gives the load balancer the certificate as it is now. One that cannot be used changes nothing.
    func renewCertificate() async {
        guard let certificate = parts.certificate, parts.balancerProcess.isUp else { return }
        do {
            let pem = try certificate()
            guard pem != servedCertificate else { return }
            try await parts.balancer.use(certificate: pem)
            if servedCertificate != nil { logger.notice("The certificate was replaced.") }
            servedCertificate = pem
        } catch {
            logger.error(
                "The certificate cannot be used; the one before is served on.", metadata: ["error": "\(error)"])
        }
    }

    func tellBalancer(of instance: FarmInstance) async {
        // Until it takes commands, each step tries anew.
        guard let port = instance.port, parts.balancerProcess.isUp else { return }
        do {
            try await parts.balancer.add(instance.name, port: port)
        } catch {
            // It is noticed as not ready, and replaced.
            logger.warning(
                "The load balancer did not take a server.",
                metadata: ["instance": "\(instance.name)", "error": "\(error)"])
        }
    }

    /// Asks the load balancer to stop listening while it finishes what it has.
    func closeBalancer() {
        if let balancer = state.balancer { parts.launcher.signal(balancer.id, SIGUSR1) }
    }
}
