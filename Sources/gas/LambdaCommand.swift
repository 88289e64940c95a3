import ArgumentParser
import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import GASWorkers
import Logging

/// `gas lambda`: roles as functions of AWS Lambda.
struct LambdaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lambda", abstract: "Run a role as a function of AWS Lambda.",
        discussion: "For the runtime provided.al2023; 'make lambda' builds the file to upload, see docs/lambda.md.",
        subcommands: [LambdaNotifier.self])
}

/// `gas lambda notifier`: the sender of mails, called with messages of the queue `notify`.
struct LambdaNotifier: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notifier", abstract: "Send the mails of which the queue's messages tell, as AWS Lambda calls.")

    /// Where AWS Lambda says how its Runtime API is reached.
    private static let variable = "AWS_LAMBDA_RUNTIME_API"

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard let api = ProcessInfo.processInfo.environment[Self.variable], !api.isEmpty else {
            throw GASError(
                .invalid,
                "\(Self.variable) is not set: 'gas lambda' runs within AWS Lambda alone. Else use 'gas notifier'.")
        }
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .lambda)
        let runtime = LambdaRuntime(api: api, http: http, logger: Logger(label: "gas.lambda"))
        var composition: Composition?
        let result = await Result(catching: {
            try await runtime.run {
                let opened = try await Composition(options.read())
                composition = opened
                let batch = try opened.notifierBatch()
                return { invocation in
                    let messages = try SQSBatch(event: invocation.event)
                    return try SQSBatch.answer(
                        failures: await batch.failures(among: messages.deliveries, until: invocation.deadline))
                }
            }
        })
        try await composition?.close()
        try await http.shutdown()
        try result.get()
    }
}
