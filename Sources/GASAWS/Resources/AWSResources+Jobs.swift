import Foundation
import GAS

extension AWSResources {
    /// Makes the table of jobs with its indexes, paid by request, and waits until it can be used. A table that is there gets the
    /// indexes that it lacks.
    /// - Throws: `conflict` when a table of that name has another key, or an index of another shape, which DynamoDB cannot
    ///   change.
    public func makeJobTable(named name: String) async throws {
        try await translatingErrors {
            do {
                let _: AWSAnswer<NoOutput> = try await client.call(
                    "dynamodb", DynamoDBJobStore.action("CreateTable"), CreateTable(name: name))
            } catch let error as AWSError where error.code == "ResourceInUseException" {
                // It is there.
            }
            var table = try await whenActive(name, within: Self.tableSeconds)
            guard table.keys == [JobAttribute.jobID.rawValue] else {
                throw Self.wrong(name, try await flaws(ofJobTable: name))
            }
            // DynamoDB makes one index at a time.
            for index in JobTable.indexes where table.indexes[index.name] == nil {
                let update = AddIndex(table: name, index, throughput: table.throughput)
                let _: AWSAnswer<NoOutput> = try await client.call(
                    "dynamodb", DynamoDBJobStore.action("UpdateTable"), update)
                table = try await whenActive(name, within: Self.indexSeconds)
            }
            let flaws = try await flaws(ofJobTable: name)
            guard flaws.isEmpty else { throw Self.wrong(name, flaws) }
        }
    }

    /// So long the making of an empty table is waited for, in seconds.
    private static let tableSeconds = 120.0
    /// So long the filling of an index is waited for, in seconds; that of a large table may take longer.
    private static let indexSeconds = 1800.0

    private static func wrong(_ name: String, _ flaws: [String]) -> GASError {
        GASError(
            .conflict,
            "The table \(name) is there already, and \(flaws.joined(separator: ", and ")). That cannot be changed: take another "
                + "name for the table, or delete it if nobody needs it.")
    }

    private func whenActive(_ name: String, within seconds: Double) async throws -> FoundTable {
        let deadline = client.clock.now.addingTimeInterval(seconds)
        while true {
            let answer: AWSAnswer<DescribedTable> = try await client.call(
                "dynamodb", DynamoDBJobStore.action("DescribeTable"), ["TableName": name])
            let table = FoundTable(answer.value.Table)
            if table.isActive { return table }
            guard client.clock.now < deadline else {
                throw GASError(
                    .unavailable,
                    "The table \(name) is not ready yet. Look at it in DynamoDB's console, and try again then.")
            }
            try await client.clock.sleep(seconds: 1)
        }
    }
}

/// One more index of a table.
private struct AddIndex: Encodable, Sendable {
    let TableName: String
    let AttributeDefinitions: [CreateTable.Attribute]
    let GlobalSecondaryIndexUpdates: [[String: CreateTable.Index]]

    init(table: String, _ index: JobTable.Index, throughput: DescribedTable.Throughput?) {
        TableName = table
        AttributeDefinitions = [
            .init(AttributeName: index.hash, AttributeType: "S"),
            .init(AttributeName: index.range, AttributeType: index.isRangeNumber ? "N" : "S"),
        ]
        GlobalSecondaryIndexUpdates = [["Create": CreateTable.Index(index, throughput: throughput)]]
    }
}

private struct CreateTable: Encodable, Sendable {
    struct Attribute: Encodable, Sendable {
        let AttributeName: String
        let AttributeType: String
    }

    struct Key: Encodable, Sendable {
        let AttributeName: String
        let KeyType: String
    }

    struct Index: Encodable, Sendable {
        let IndexName: String
        let KeySchema: [Key]
        let Projection = ["ProjectionType": "ALL"]
        /// Of a table that is not paid by request.
        let ProvisionedThroughput: DescribedTable.Throughput?

        init(_ index: JobTable.Index, throughput: DescribedTable.Throughput? = nil) {
            IndexName = index.name
            KeySchema = [
                Key(AttributeName: index.hash, KeyType: "HASH"), Key(AttributeName: index.range, KeyType: "RANGE"),
            ]
            ProvisionedThroughput = throughput
        }

        enum CodingKeys: String, CodingKey { case IndexName, KeySchema, Projection, ProvisionedThroughput }
    }

    let TableName: String
    let KeySchema: [Key]
    let AttributeDefinitions: [Attribute]
    let GlobalSecondaryIndexes: [Index]
    let BillingMode = "PAY_PER_REQUEST"

    init(name: String) {
        let id = JobAttribute.jobID.rawValue
        var kinds = [id: "S"]
        for index in JobTable.indexes {
            kinds[index.hash] = "S"
            kinds[index.range] = index.isRangeNumber ? "N" : "S"
        }
        TableName = name
        KeySchema = [Key(AttributeName: id, KeyType: "HASH")]
        AttributeDefinitions = kinds.sorted { $0.key < $1.key }.map {
            Attribute(AttributeName: $0.key, AttributeType: $0.value)
        }
        GlobalSecondaryIndexes = JobTable.indexes.map { Index($0) }
    }

    enum CodingKeys: String, CodingKey {
        case TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode
    }
}
