/// What DynamoDB says of a table. The members have its own names.
struct DescribedTable: Decodable, Sendable {
    let Table: Description

    struct Description: Decodable, Sendable {
        let TableStatus: String
        let KeySchema: [Key]
        let GlobalSecondaryIndexes: [Index]?
        let ProvisionedThroughput: Throughput?
    }

    /// Units a second; none of a table that is paid by request.
    struct Throughput: Codable, Sendable {
        let ReadCapacityUnits: Int
        let WriteCapacityUnits: Int
    }

    struct Key: Decodable, Sendable {
        let AttributeName: String
        let KeyType: String
    }

    struct Index: Decodable, Sendable {
        let IndexName: String
        let IndexStatus: String?
        let KeySchema: [Key]
        let Projection: Projected?
    }

    struct Projected: Decodable, Sendable {
        let ProjectionType: String?
    }
}

/// The same as the service looks at it.
struct FoundTable {
    struct Index {
        let keys: [String]
        let isWhole: Bool
    }

    let isActive: Bool
    /// `nil` where each request is paid for.
    let throughput: DescribedTable.Throughput?
    /// Names, the hash key first.
    let keys: [String]
    let indexes: [String: Index]

    init(_ table: DescribedTable.Description) {
        let found = table.GlobalSecondaryIndexes ?? []
        isActive = table.TableStatus == "ACTIVE" && found.allSatisfy { $0.IndexStatus ?? "ACTIVE" == "ACTIVE" }
        keys = Self.names(table.KeySchema)
        throughput = table.ProvisionedThroughput.flatMap { $0.ReadCapacityUnits > 0 ? $0 : nil }
        indexes = found.reduce(into: [:]) { indexes, index in
            indexes[index.IndexName] = Index(
                keys: Self.names(index.KeySchema), isWhole: index.Projection?.ProjectionType ?? "ALL" == "ALL")
        }
    }

    private static func names(_ keys: [DescribedTable.Key]) -> [String] {
        keys.sorted { $0.KeyType < $1.KeyType }.map(\.AttributeName)
    }
}
