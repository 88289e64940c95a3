import ArgumentParser
import GAS
import GASAWS

/// `gas aws`: what the service needs in an AWS account.
struct AWSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aws", abstract: "Make what the service needs at AWS.", subcommands: [Init.self])

    /// `gas aws init`: makes what the settings name.
    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make table, topics, queues, subscriptions and buckets that the settings name, for development.",
            discussion: """
                What is there already is changed to what the settings say; rules, policies and announcements of other names \
                stay as they are. So this can be run again. It needs permissions that the service itself does not have, which \
                docs/aws.md lists.
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.read()
            guard configuration.usesAWS else {
                throw GASError(
                    .invalid,
                    "No setting leads to AWS: see \(Settings.objectStore.key), \(Settings.jobStore.key) and "
                        + "\(Settings.queueTransport.key).")
            }
            try await AWSAccess.whileOpen(configuration) { aws in
                if let aws { try await AWSPreparation(aws: aws).run { print($0) } }
            }
        }
    }
}
