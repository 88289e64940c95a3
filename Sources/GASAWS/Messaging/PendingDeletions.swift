import GAS
import NIOHTTP1

/// Deletes messages of one queue, several in one request where several are deleted at about the same time, for SQS takes money
/// for each request.
///
/// One request is under way at a time; what is to be deleted meanwhile goes with the next one. So nobody waits for company,
/// and the more there is to do, the fewer requests it takes for each.
actor PendingDeletions {
    private struct Entry {
        let handle: String
        let whenDone: CheckedContinuation<Void, any Error>
    }

    private let address: QueueAddress
    private let client: AWSClient
    private var waiting: [Entry] = []
    private var isUnderWay = false

    /// Most messages of one request.
    private static let batch = 10

    init(address: QueueAddress, client: AWSClient) {
        self.address = address
        self.client = client
    }

    /// Deletes one message.
    /// - Throws: `AWSError`, and `GASError` when the queue is not there.
    func delete(_ handle: String) async throws {
        try await withCheckedThrowingContinuation { continuation in
            waiting.append(Entry(handle: handle, whenDone: continuation))
            guard !isUnderWay else { return }
            isUnderWay = true
            // Of its own, for others' messages are not to stay because the task of the first one was cancelled.
            Task { await deleteAll() }
        }
    }

    private func deleteAll() async {
        while !waiting.isEmpty {
            let entries = Array(waiting.prefix(Self.batch))
            waiting.removeFirst(entries.count)
            do {
                let failures = try await send(entries.map(\.handle))
                for (index, entry) in entries.enumerated() {
                    if let failure = failures[index] {
                        entry.whenDone.resume(throwing: failure)
                    } else {
                        entry.whenDone.resume()
                    }
                }
            } catch {
                for entry in entries { entry.whenDone.resume(throwing: error) }
            }
        }
        isUnderWay = false
    }

    /// - Returns: what went wrong with which.
    private func send(_ handles: [String]) async throws -> [Int: AWSError] {
        let url = try await address.url()
        guard handles.count > 1 else {
            let _: AWSAnswer<NoOutput> = try await client.call(
                "sqs", "AmazonSQS.DeleteMessage", DeleteMessage(QueueUrl: url, ReceiptHandle: handles[0]))
            return [:]
        }
        let answer: AWSAnswer<DeleteMessages.Output> = try await client.call(
            "sqs", "AmazonSQS.DeleteMessageBatch",
            DeleteMessages(
                QueueUrl: url,
                Entries: handles.enumerated().map { .init(Id: "\($0.offset)", ReceiptHandle: $0.element) }))
        return (answer.value.Failed ?? []).reduce(into: [:]) { failures, failure in
            guard let index = Int(failure.Id) else { return }
            failures[index] = AWSError(
                code: failure.Code, message: failure.Message ?? "no reason given", status: nil,
                requestID: answer.headers.first(name: "x-amzn-requestid"), service: "sqs")
        }
    }
}
