import ArgumentParser
import Foundation
import GAS
import GASEmbedded

/// `gas load`: submits many jobs at a steady rate, and says how long they took.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Submit many jobs at a steady rate, and see how the service bears them.",
        discussion: """
            Jobs go past the web servers, straight into the object store, the job store and the queue of the \
            configuration, in the name of an account that exists; the service must run meanwhile. Limits of the \
            account's plan are not looked at, and its owner gets a mail about each job.
            """)

    @Argument(help: "The VCF that every job is about.")
    var file: String

    @Option(help: "The account that submits: its id, or the address with which it signs in here.")
    var account: String

    @Option(help: "How many jobs, 1 to 10000.")
    var jobs = 20

    @Option(help: "How many to submit in a minute, 1 to 60000.")
    var perMinute = 60.0

    @Option(help: "Seconds to wait for their end after the last one was submitted.")
    var wait = 300.0

    @Flag(help: "Also where people use the service under another address than this machine's.")
    var anywhere = false

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard 1...10_000 ~= jobs else { throw ValidationError("The jobs must be 1 to 10000.") }
        guard 1...60_000 ~= perMinute else { throw ValidationError("The jobs per minute must be 1 to 60000.") }
        guard 0...86_400 ~= wait else { throw ValidationError("The seconds to wait must be 0 to 86400.") }
    }

    func run() async throws {
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw GASError(.notFound, "There is no file \(file) that can be read.")
        }
        let composition = try await Composition(options.read())
        let result = await Result<LoadReport, any Error>(catching: {
            try refuseOthers(composition)
            return try await composition.load(
                file: file, account: try await owner(composition), jobs: jobs, perMinute: perMinute, wait: wait)
        })
        try await composition.close()
        let report = try result.get()
        print(report.text)
        if report.completed < jobs { throw ExitCode.failure }
    }

    /// A service that others use is not loaded by accident.
    private func refuseOthers(_ composition: Composition) throws {
        let host = URL(string: composition.publicURL)?.host() ?? ""
        guard anywhere || LoopbackHost.names.contains(host) else {
            throw GASError(
                .forbidden, "People use this service at \(host); to load it nevertheless, give '--anywhere'.")
        }
    }

    private func owner(_ composition: Composition) async throws -> AccountID {
        if let found = try await composition.accounts.account(AccountID(rawValue: account)) { return found.id }
        if let found = try await composition.accounts.localAccount(email: account) { return found.account.id }
        throw GASError(.notFound, "There is no account '\(account)'; sign up in the browser first.")
    }
}

extension Composition {
    /// Submits jobs at a steady rate and waits for their end.
    /// - Parameters:
    ///   - perMinute: jobs submitted in a minute.
    ///   - wait: seconds after the last submission.
    func load(file: String, account: AccountID, jobs count: Int, perMinute: Double, wait: Double) async throws
        -> LoadReport
    {
        let begin = ContinuousClock.now
        var waiting: [JobID] = []
        for number in 0..<count {
            try await Task.sleep(until: begin + .seconds(Double(number) * 60 / perMinute))
            waiting.append(try await submit(file, account))
        }
        let submission = (ContinuousClock.now - begin) / .seconds(1)
        let deadline = ContinuousClock.now + .seconds(wait)
        var ended: [Job] = []
        while !waiting.isEmpty && ContinuousClock.now < deadline {
            var left: [JobID] = []
            for id in waiting {
                guard let job = try await self.jobs.job(id), job.status.isFinal else {
                    left.append(id)
                    continue
                }
                ended.append(job)
            }
            waiting = left
            if !waiting.isEmpty { try await Task.sleep(for: .milliseconds(200)) }
        }
        return LoadReport(jobs: count, submission: submission, ended: ended)
    }

    private func submit(_ file: String, _ account: AccountID) async throws -> JobID {
        let key = ObjectKey(prefix: configuration[Settings.objectsPrefix], userID: account, jobID: JobID())
        let name = FileName.safe((file as NSString).lastPathComponent)
        let input = ObjectLocation(bucket: configuration[Settings.objectsInputsBucket], key: key.start + name)
        let size = try await objects.put(file: file, at: input).size
        let job = Job(
            id: key.jobID, userID: account, inputFileName: name, input: input, inputSize: size, submitTime: clock.now)
        guard try await jobs.add(job) else { throw GASError(.conflict, "The job \(job.id) exists already.") }
        try await messaging.requests.publish(JobRequested(job).encoded())
        return job.id
    }
}
