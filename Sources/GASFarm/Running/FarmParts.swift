import GAS

/// What a farm works with.
public struct FarmParts: Sendable {
    /// Starts processes.
    public let launcher: any ProcessLauncher
    /// The load balancer.
    public let balancer: any LoadBalancer
    /// How it is started.
    public let balancerProcess: BalancerProcess
    /// Certificate chain and private key as they are now, as PEM; `nil` where the load balancer speaks plain HTTP.
    public let certificate: (@Sendable () throws -> String)?
    /// How an instance is started.
    public let command: @Sendable (FarmInstance) -> ProcessCommand
    /// The queue that feeds annotators.
    public let queue: any Queue
    /// The jobs.
    public let jobs: any JobStore
    /// Where the state is kept.
    public let store: any FarmStore

    /// Names them.
    public init(
        launcher: any ProcessLauncher, balancer: any LoadBalancer, balancerProcess: BalancerProcess,
        certificate: (@Sendable () throws -> String)? = nil,
        command: @escaping @Sendable (FarmInstance) -> ProcessCommand, queue: any Queue,
        jobs: any JobStore, store: any FarmStore
    ) {
        self.launcher = launcher
        self.balancer = balancer
        self.balancerProcess = balancerProcess
        self.certificate = certificate
        self.command = command
        self.queue = queue
        self.jobs = jobs
        self.store = store
    }
}
