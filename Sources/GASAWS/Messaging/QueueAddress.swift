import GAS

/// Under which address SQS knows a queue. It is looked up when it is first needed, so that a process needs permission for the
/// queues alone that it uses.
actor QueueAddress {
    private let name: String
    private let client: AWSClient
    private var known: String?

    init(of name: String, client: AWSClient) {
        self.name = name
        self.client = client
    }

    /// The address.
    /// - Throws: `unavailable` when there is no queue of that name.
    func url() async throws -> String {
        if let known { return known }
        struct Output: Decodable, Sendable { let QueueUrl: String }
        do {
            let answer: AWSAnswer<Output> = try await client.call(
                "sqs", "AmazonSQS.GetQueueUrl", ["QueueName": name])
            known = answer.value.QueueUrl
            return answer.value.QueueUrl
        } catch let error as AWSError where error.isMissingPlace {
            throw GASError(.unavailable, "There is no queue \(name) in SQS. Create it, or set its name.", cause: error)
        } catch let error as AWSError {
            throw error.error
        }
    }
}
