import Foundation
import GAS

/// HAProxy, told through its socket what to do (its Management Guide, section 9.3).
public struct HAProxyRuntime: LoadBalancer {
    private let socket: String
    private let check: Int
    private let certificate: String?

    /// - Parameter settings: those that it was started with.
    public init(_ settings: HAProxySettings) {
        socket = settings.commandSocket
        certificate = settings.certificate
        check = Int(settings.checkSeconds * 1000)
    }

    /// Adds the server as one that is down until its check says otherwise. One that is there already is left as it is.
    public func add(_ name: String, port: Int) async throws {
        let (quick, server) = (min(check, 200), "web/\(name)")
        let answer = try await say(
            "add server \(server) 127.0.0.1:\(port) check inter \(check)ms fastinter \(quick)ms downinter \(quick)ms "
                + "rise 1 fall 2")
        if answer.contains("Already exists") { return }
        guard answer.contains("New server registered") else { throw refusal("add server \(server)", answer) }
        try await expectSilence("enable health \(server)")
        try await expectSilence("enable server \(server)")
        try await expectSilence("set server \(server) health down")
    }

    /// Lets the server finish what it has.
    public func drain(_ name: String) async throws {
        let answer = try await say("set server web/\(name) state drain")
        guard answer.isEmpty || answer.contains("No such server") else { throw refusal("set server", answer) }
    }

    /// Takes the server away when it has no connection any more.
    public func remove(_ name: String) async throws -> Bool {
        _ = try await say("set server web/\(name) state maint")
        let answer = try await say("del server web/\(name)")
        if answer.contains("Server deleted") || answer.contains("No such server") { return true }
        if answer.contains("still has connections") || answer.contains("has still connections") { return false }
        throw refusal("del server", answer)
    }

    /// Replaces the certificate that it has read from the file (its Management Guide, `set ssl cert`), and then the file, which it
    /// reads when it is started again.
    public func use(certificate pem: String) async throws {
        guard let certificate else { return }
        // An empty line ends what is sent along.
        let text = pem.split(whereSeparator: \.isNewline).joined(separator: "\n")
        let begun = try await say("set ssl cert \(certificate) <<\n\(text)\n")
        guard begun.contains("Transaction") else { throw refusal("set ssl cert", begun) }
        let done = try await say("commit ssl cert \(certificate)")
        guard done.contains("Success!") else {
            _ = try await say("abort ssl cert \(certificate)")
            throw refusal("commit ssl cert", done)
        }
        try BalancerCertificate.write(pem, to: certificate)
    }

    /// Reads the statistics of all servers.
    public func servers() async throws -> [String: BalancedServer] {
        try Self.servers(inStatistics: try await say("show stat"))
    }

    /// Servers of the backend `web` in the table that `show stat` gives.
    package static func servers(inStatistics text: String) throws -> [String: BalancedServer] {
        var lines = text.split(whereSeparator: \.isNewline)[...]
        guard let head = lines.popFirst()?.trimmingPrefix("# ").split(separator: ",").map(String.init),
            let proxy = head.firstIndex(of: "pxname"), let name = head.firstIndex(of: "svname"),
            let status = head.firstIndex(of: "status"), let requests = head.firstIndex(of: "scur"),
            let check = head.firstIndex(of: "check_status")
        else { throw GASError(.unavailable, "HAProxy's statistics are not as they should be.") }
        var servers: [String: BalancedServer] = [:]
        for line in lines {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count > max(status, check), fields[proxy] == "web", fields[name] != "BACKEND" else { continue }
            // Fresh ones are called up until they were checked once.
            let isReady = fields[status].hasPrefix("UP") && fields[check].hasSuffix("OK")
            servers[String(fields[name])] = BalancedServer(isReady: isReady, requests: Int(fields[requests]) ?? 0)
        }
        return servers
    }

    private func expectSilence(_ command: String) async throws {
        let answer = try await say(command)
        guard answer.isEmpty else { throw refusal(command, answer) }
    }

    private func refusal(_ command: String, _ answer: String) -> GASError {
        GASError(.unavailable, "HAProxy refused '\(command)': \(answer.prefix(200))")
    }

    private func say(_ command: String) async throws -> String {
        let socket = socket
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try UnixSocket.exchange(command + "\n", at: socket) })
            }
        }
    }
}
