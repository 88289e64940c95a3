import Foundation
import GAS

/// Jobs in a table of DynamoDB's, under the attribute names that every store has.
/// See https://docs.aws.amazon.com/amazondynamodb/latest/APIReference.
///
/// A job is read and changed through its key, which is consistent. Lists come from indexes, which may be behind by a moment.
public struct DynamoDBJobStore: JobStore {
    let table: String
    let client: AWSClient
    private let listeners: JobListeners

    /// Keeps jobs in a table.
    /// - Parameter pollSeconds: changes by other processes are announced after so long at most.
    public init(table: String, client: AWSClient, pollSeconds: Double = 2) {
        self.table = table
        self.client = client
        listeners = JobListeners(pollSeconds: pollSeconds, clock: client.clock)
    }

    /// Puts an item unless there is one.
    public func add(_ job: Job) async throws -> Bool {
        var expression = DynamoDBExpression()
        let condition = "attribute_not_exists(\(expression.name(JobAttribute.jobID.rawValue)))"
        let write = UUID().uuidString
        let item = job.item.merging([JobTable.write: .text(write)]) { $1 }
        let put = PutItem(
            TableName: table, Item: item, ConditionExpression: condition,
            ExpressionAttributeNames: expression.names)
        let isAdded = try await conditionally {
            let _: AWSAnswer<NoOutput> = try await client.call("dynamodb", Self.action("PutItem"), put)
            return true
        } whenRefusedLater: {
            // An earlier try may have put it, and its answer got lost.
            try await self.item(job.id)?[JobTable.write] == .text(write) ? true : nil
        }
        guard isAdded == true else { return false }
        listeners.announce(job.userID)
        return true
    }

    /// Gets an item, consistently.
    public func job(_ id: JobID) async throws -> Job? {
        try await translatingErrors { try await item(id).map(Job.init(item:)) }
    }

    /// - Throws: `AWSError`.
    private func item(_ id: JobID) async throws -> DynamoDBItem? {
        let answer: AWSAnswer<GetItem.Output> = try await client.call(
            "dynamodb", Self.action("GetItem"), GetItem(TableName: table, Key: key(id)))
        return answer.value.Item
    }

    /// Carries out one conditional `UpdateItem`.
    public func update(_ update: JobUpdate) async throws -> Job? {
        var expression = DynamoDBExpression()
        let write = UUID().uuidString
        let change = expression.change(of: update, write: write)
        let condition = expression.condition(of: update)
        let request = UpdateItem(
            TableName: table, Key: key(update.id), UpdateExpression: change, ConditionExpression: condition,
            ExpressionAttributeNames: expression.names, ExpressionAttributeValues: expression.values)
        let job: Job? = try await conditionally {
            let answer: AWSAnswer<UpdateItem.Output> = try await client.call(
                "dynamodb", Self.action("UpdateItem"), request)
            return try answer.value.Attributes.map(Job.init(item:))
        } whenRefusedLater: {
            // An earlier try may have changed it, and its answer got lost.
            let item = try await self.item(update.id)
            return item?[JobTable.write] == .text(write) ? try item.map(Job.init(item:)) : nil
        }
        if let job { listeners.announce(job.userID) }
        return job
    }

    /// Deletes an item.
    public func delete(_ id: JobID) async throws {
        let owner = try await translatingErrors {
            let answer: AWSAnswer<DeleteItem.Output> = try await client.call(
                "dynamodb", Self.action("DeleteItem"), DeleteItem(TableName: table, Key: key(id)))
            return answer.value.Attributes?[JobAttribute.userID.rawValue]?.attribute?.text
        }
        if let owner { listeners.announce(AccountID(rawValue: owner)) }
    }

    /// The name in an item of its own, which no index holds.
    public func deployment() async throws -> String {
        var expression = DynamoDBExpression()
        let name = expression.name("deployment")
        let value = expression.value(.text(UUID().uuidString.lowercased()))
        let request = UpdateItem(
            TableName: table, Key: key(JobID(rawValue: "deployment")),
            UpdateExpression: "SET \(name) = if_not_exists(\(name), \(value))", ConditionExpression: nil,
            ExpressionAttributeNames: expression.names, ExpressionAttributeValues: expression.values)
        return try await translatingErrors {
            let answer: AWSAnswer<UpdateItem.Output> = try await client.call(
                "dynamodb", Self.action("UpdateItem"), request)
            guard case .text(let found)? = answer.value.Attributes?["deployment"] else {
                throw GASError(.internal, "DynamoDB did not give the name of the deployment.")
            }
            return found
        }
    }

    /// Emits after each change by this process, and at every poll.
    public func changes(of account: AccountID) -> AsyncStream<Void> { listeners.changes(of: account) }

    static func action(_ name: String) -> String { "DynamoDB_20120810.\(name)" }

    private func key(_ id: JobID) -> DynamoDBItem { [JobAttribute.jobID.rawValue: .text(id.rawValue)] }

    /// Carries out a conditional write.
    /// - Parameter check: when the condition did not hold at a repetition: what the first try would have returned, if it was
    ///   that one after which the condition held no more, as the name of the write tells.
    /// - Returns: `nil` when the condition did not hold.
    private func conditionally<Value>(
        _ write: () async throws -> Value?, whenRefusedLater check: () async throws -> Value?
    ) async throws -> Value? {
        try await translatingErrors {
            do {
                return try await write()
            } catch let error as AWSError where error.code == "ConditionalCheckFailedException" {
                return error.attempts > 1 ? try await check() : nil
            }
        }
    }
}
