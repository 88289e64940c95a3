import Foundation
import GAS
import Glibc
import Logging

extension Farm {
    /// Ends what an earlier farm left running when it was killed itself, and takes over what it has noted.
    func endLeftovers() async throws {
        guard let last = try await lastState() else { return }
        state.events = last.events
        state.history = last.history
        var left = (last.instances.map(\.process) + [last.balancer]).compactMap { $0 }.filter(parts.launcher.isAlive)
        guard !left.isEmpty else { return }
        logger.warning("Processes of an earlier farm are ended.", metadata: ["processes": "\(left.count)"])
        for process in left { parts.launcher.signal(process.id, SIGTERM) }
        let deadline = clock.now.addingTimeInterval(settings.stopSeconds)
        while !left.isEmpty, clock.now < deadline {
            try await clock.sleep(seconds: Self.busy)
            left = left.filter(parts.launcher.isAlive)
        }
        for process in left { parts.launcher.signal(process.id, SIGKILL) }
    }

    /// What the last farm wrote; one of another version may have written it differently.
    private func lastState() async throws -> FarmState? {
        do {
            return try await parts.store.state()
        } catch let error as GASError where error.code == .corrupted {
            logger.warning("The state of an earlier farm is not looked at.", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
