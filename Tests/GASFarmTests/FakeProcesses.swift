import Foundation
import GAS
import GASFarm
import Glibc
import Synchronization

/// Processes that exist in a test's mind alone. They end when they are told to, unless they are stubborn.
final class FakeLauncher: ProcessLauncher {
    struct Process {
        let command: ProcessCommand
        var signals: [Int32] = []
        var isAlive = true
        var exit: CheckedContinuation<String, Never>?
    }

    private struct State {
        var processes: [Int32: Process] = [:]
        var stubborn: Set<String> = []
        var stillborn: Set<String> = []
    }

    private let state = Mutex(State())
    private let socket: String

    init(socket: String) { self.socket = socket }

    /// Processes of a role, or the load balancer's, in the order of their start.
    func processes(_ role: String, alive: Bool = true) -> [(id: Int32, process: Process)] {
        state.withLock { state in
            state.processes.filter { $0.value.command.arguments.first == role && ($0.value.isAlive || !alive) }
                .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    /// From now on processes of a role do not end when they are asked to.
    func makeStubborn(_ role: String) { state.withLock { _ = $0.stubborn.insert(role) } }

    /// From now on processes of a role end as soon as they were started.
    func makeStillborn(_ role: String) { state.withLock { _ = $0.stillborn.insert(role) } }

    func run(_ command: ProcessCommand, onStart: @escaping @Sendable (Int32) async -> Void) async throws -> String {
        let role = command.arguments.first ?? ""
        let id = state.withLock { state in
            let id = Int32(1000 + state.processes.count)
            state.processes[id] = Process(command: command)
            return id
        }
        if role == "-db" { _ = FileManager.default.createFile(atPath: socket, contents: nil) }
        await onStart(id)
        let isStillborn = state.withLock { $0.stillborn.contains(role) }
        if isStillborn { end(id) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.processes[id]?.isAlive == true else { return true }
                    state.processes[id]?.exit = continuation
                    return false
                }
                if isOver { continuation.resume(returning: "it ended at once") }
            }
        } onCancel: {
            end(id)
        }
    }

    /// The process is no more.
    func end(_ id: Int32) {
        let exit = state.withLock { state in
            state.processes[id]?.isAlive = false
            defer { state.processes[id]?.exit = nil }
            return state.processes[id]?.exit
        }
        exit?.resume(returning: "it is over")
    }

    func signal(_ process: Int32, _ signal: Int32) {
        let ends = state.withLock { state in
            guard let role = state.processes[process]?.command.arguments.first else { return false }
            state.processes[process]?.signals.append(signal)
            return signal == SIGKILL || !state.stubborn.contains(role)
        }
        if ends { end(process) }
    }

    func ticks(of process: Int32) -> Int? {
        state.withLock { $0.processes[process]?.isAlive == true ? Int(process) * 10 : nil }
    }

    func processorSeconds(of process: Int32) -> Double? { ticks(of: process).map { _ in 1 } }
}

/// A load balancer that notes what it is told.
final class FakeBalancer: LoadBalancer {
    struct Server {
        var port: Int
        var isReady = true
        var isDraining = false
        var requests = 0
    }

    let state = Mutex([String: Server]())
    /// Whether new servers are ready at once.
    let areReady = Mutex(true)
    /// The certificates that it took, and whether it takes none.
    let certificates = Mutex([String]())
    let isPicky = Mutex(false)

    func add(_ name: String, port: Int) async throws {
        let isReady = areReady.withLock { $0 }
        state.withLock { $0[name] = $0[name] ?? Server(port: port, isReady: isReady) }
    }

    func drain(_ name: String) async throws { state.withLock { $0[name]?.isDraining = true } }

    func remove(_ name: String) async throws -> Bool {
        state.withLock { $0[name] = nil }
        return true
    }

    func use(certificate: String) async throws {
        if isPicky.withLock({ $0 }) { throw GASError(.unavailable, "No.") }
        certificates.withLock { $0.append(certificate) }
    }

    func servers() async throws -> [String: BalancedServer] {
        state.withLock { $0.mapValues { BalancedServer(isReady: $0.isReady, requests: $0.requests) } }
    }
}
