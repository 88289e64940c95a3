import Foundation
import GAS

extension AWSResources {
    /// Makes the table of jobs with its indexes, paid by request, and waits until it can be used.
    public func makeJobTable(named name: String) async throws {
        try await translatingErrors {
            do {
                let _: AWSAnswer<NoOutput> = try await client.call(
                    "dynamodb", DynamoDBJobStore.action("CreateTable"), CreateTable(name: name))
            } catch let error as AWSError where error.code == "ResourceInUseException" {
                // It is there.
            }
            let deadline = client.clock.now.addingTimeInterval(120)
            while try await !isActive(name) {
                guard client.clock.now < deadline else {
                    throw GASError(
                        .unavailable, "The table \(name) is not ready yet. Look at it in DynamoDB's console.")
                }
                try await client.clock.sleep(seconds: 1)
            }
        }
    }

    private func isActive(_ name: String) async throws -> Bool {
        let answer: AWSAnswer<DescribedTable> = try await client.call(
            "dynamodb", DynamoDBJobStore.action("DescribeTable"), ["TableName": name])
        return FoundTable(answer.value.Table).isActive
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

        enum CodingKeys: String, CodingKey { case IndexName, KeySchema, Projection }
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
        GlobalSecondaryIndexes = JobTable.indexes.map { index in
            Index(
                IndexName: index.name,
                KeySchema: [
                    Key(AttributeName: index.hash, KeyType: "HASH"), Key(AttributeName: index.range, KeyType: "RANGE"),
                ])
        }
    }

    enum CodingKeys: String, CodingKey {
        case TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode
    }
}
