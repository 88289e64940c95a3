import Foundation
import GAS
import GASEmbedded
import GASFarm
import GASWeb
import Logging
import ServiceLifecycle
import UnixSignals

/// The farm: processes of this same program, each of which learns what it needs from its environment.
extension Composition {
    /// The keeper of the farm, and what lets SIGHUP replace every process of it.
    /// - Parameter configurationFile: the file that was named at the command line, for the processes to read too.
    func farm(configurationFile: String?) throws -> [any Service] {
        try refuseHastyStop()
        try FileManager.default.createDirectory(
            atPath: folders.farm, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let lock = try FarmLock(path: folders.farm + "/lock")
        let balancer = try balancerSettings()
        let environment = memberEnvironment(configurationFile: configurationFile)
        let program = try Self.programPath()
        let certificate: @Sendable () throws -> String = { [self] in try joinedCertificate() }
        let farm = try Farm(
            settings: farmSettings, policies: try ScalingPolicies(named: configuration[Settings.farmPolicies]),
            parts: FarmParts(
                launcher: SystemLauncher(grace: configuration[Settings.farmStopSeconds]),
                balancer: HAProxyRuntime(balancer),
                balancerProcess: BalancerProcess(balancer, requests: try RequestLog()),
                certificate: configuration[Settings.webPlainHTTP] ? nil : certificate,
                command: { instance in
                    var environment = environment
                    if let port = instance.port { environment[Settings.webPort.environmentName] = String(port) }
                    environment[Settings.metricsPort.environmentName] = String(instance.metricsPort ?? 0)
                    environment[Settings.logProcess.environmentName] = instance.name
                    return ProcessCommand(
                        program: program, arguments: [instance.role.rawValue], environment: environment)
                },
                queue: messaging.requestQueue, jobs: jobs, store: FileFarmStore(path: folders.farmState)),
            clock: clock, logger: Logger(label: "gas.farm"))
        return [farm, RestartOnHangup(farm: farm, lock: lock)]
    }

    /// Processes that are told to end must have the time to do so.
    private func refuseHastyStop() throws {
        let (stop, grace) = (configuration[Settings.farmStopSeconds], configuration[Settings.queueGraceSeconds])
        guard stop > grace else {
            throw GASError(
                .invalid,
                "The setting \(Settings.farmStopSeconds.key) is \(stop), which must be more than "
                    + "\(Settings.queueGraceSeconds.key), which is \(grace).")
        }
    }

    private var farmSettings: FarmSettings {
        FarmSettings(
            address: publicURL, firstPort: configuration[Settings.farmFirstPort],
            // The farm's own process has the first one.
            firstMetricsPort: configuration[Settings.metricsPort] > 0 ? configuration[Settings.metricsPort] + 1 : nil,
            startSeconds: configuration[Settings.farmStartSeconds],
            unhealthySeconds: configuration[Settings.farmUnhealthySeconds],
            drainSeconds: configuration[Settings.farmDrainSeconds],
            stopSeconds: configuration[Settings.farmStopSeconds],
            steadySeconds: configuration[Settings.farmSteadySeconds],
            longestPause: configuration[Settings.farmLongestPauseSeconds],
            historySeconds: configuration[Settings.farmHistorySeconds], events: configuration[Settings.farmEvents])
    }

    private func balancerSettings() throws -> HAProxySettings {
        var certificate: String?
        if !configuration[Settings.webPlainHTTP] {
            let path = folders.farm + "/certificate.pem"
            try BalancerCertificate.write(try joinedCertificate(), to: path)
            certificate = path
        }
        // No page is made here: what its answers have does not depend on assemblies.
        let headers = try webSettings(assemblies: { [] }).headersOfEveryAnswer
        return HAProxySettings(
            program: configuration[Settings.farmHAProxy], host: configuration[Settings.webHost],
            port: configuration[Settings.webPort],
            certificate: certificate,
            folder: folders.farm, connections: configuration[Settings.farmConnections],
            idleSeconds: configuration[Settings.webIdleConnectionSeconds],
            answerSeconds: configuration[Settings.farmAnswerSeconds],
            headSeconds: configuration[Settings.webHeadSeconds],
            checkSeconds: configuration[Settings.farmCheckSeconds],
            errorPages: BalancerErrorPage.all(headers: headers))
    }

    /// Certificate chain and private key as they are now, one behind the other, as HAProxy reads them.
    private func joinedCertificate() throws -> String {
        let files = try tlsFiles()
        guard let chain = FileManager.default.contents(atPath: files.certificateChain),
            let key = FileManager.default.contents(atPath: files.privateKey)
        else {
            throw GASError(
                .invalid, "The certificate \(files.certificateChain) or its key \(files.privateKey) cannot be read.")
        }
        return String(decoding: chain + Data("\n".utf8) + key, as: UTF8.self)
    }

    /// What a process of the farm has in its environment besides what the farm itself has: flags of the farm, and where a
    /// web server stands.
    private func memberEnvironment(configurationFile: String?) -> [String: String] {
        var environment: [String: String] = [:]
        for entry in configuration.all where entry.source == .flag {
            environment[entry.setting.environmentName] = entry.text
        }
        if let configurationFile { environment[EffectiveConfiguration.fileVariable] = configurationFile }
        let proxies = configuration.all.first { $0.setting.key == Settings.webTrustedProxies.key }?.text ?? ""
        environment[Settings.webTrustedProxies.environmentName] = proxies.isEmpty ? "127.0.0.1" : proxies + ",127.0.0.1"
        // What 'auto' is here, also for one that cannot read its configuration.
        environment[Settings.logFormat.environmentName] =
            (configuration.logsJSON ? LogFormat.json : LogFormat.text).rawValue
        environment[Settings.webHost.environmentName] = "127.0.0.1"
        environment[Settings.webPlainHTTP.environmentName] = "true"
        environment[Settings.webPublicURL.environmentName] = publicURL
        return environment
    }

    /// The path by which this program was called. Links in it are followed at each start of a process and not now, so that
    /// the next restart starts what the path leads to by then.
    private static func programPath() throws -> String {
        let name = CommandLine.arguments[0]
        let current = FileManager.default.currentDirectoryPath
        let folders =
            name.contains("/")
            ? [""] : (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/" }
        for folder in folders {
            let path = folder + name
            let absolute = path.hasPrefix("/") ? path : "\(current)/\(path)"
            if FileManager.default.isExecutableFile(atPath: absolute) { return absolute }
        }
        guard let path = Bundle.main.executablePath else {
            throw GASError(.internal, "The path of this program cannot be found out.")
        }
        return path
    }
}

/// Replaces every process of the farm at SIGHUP, and holds its lock.
private struct RestartOnHangup: Service {
    let farm: Farm
    let lock: FarmLock

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) { await farm.restart() }
        }
    }
}
