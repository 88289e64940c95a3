import GAS
import HTTPTypes
import Hummingbird
import Logging

/// `/healthz` and `/readyz`, for supervisors and load balancers.
struct HealthChecks: Sendable {
    let checks: [WebServices.ReadinessCheck]

    private struct Report: Encodable {
        let status: String
        var failed: [String] = []
    }

    /// The process answers.
    func live(_ call: Call) -> Response { .json(Report(status: "ok")) }

    /// Every dependency answers. Only names are told: why one fails is in the log.
    func ready(_ call: Call) async -> Response {
        var failed: [String] = []
        for check in checks {
            do {
                try await check.check()
            } catch {
                call.context.logger.error("not ready", metadata: ["check": "\(check.name)", "error": "\(error)"])
                failed.append(check.name)
            }
        }
        return failed.isEmpty
            ? .json(Report(status: "ok"))
            : .json(Report(status: "unavailable", failed: failed), status: .serviceUnavailable)
    }
}
