import Foundation
import GAS

/// What is read of one index: the items that share a value, in order, from a side and no further than wanted.
struct JobQuery: Sendable {
    private let index: JobTable.Index
    private var expression = DynamoDBExpression()
    private var keyCondition: String
    private var filter: String?
    private var projection: String?
    private var isForward = true

    /// All items of an index that share a value.
    init(_ index: JobTable.Index, _ value: String) {
        self.index = index
        keyCondition = "\(expression.name(index.hash)) = \(expression.value(.text(value)))"
    }

    /// Only items before a position in the order of the index.
    func before(_ value: DynamoDBValue) -> JobQuery {
        var query = self
        query.keyCondition += " AND \(query.expression.name(index.range)) < \(query.expression.value(value))"
        return query
    }

    /// Only items with a value; the others are read and passed over.
    func with(_ attribute: JobAttribute, _ value: String) -> JobQuery {
        var query = self
        query.filter = "\(query.expression.name(attribute.rawValue)) = \(query.expression.value(.text(value)))"
        return query
    }

    /// Only items with a smaller value, in the order of text; the others are read and passed over.
    func with(_ name: String, below value: String) -> JobQuery {
        var query = self
        query.filter = "\(query.expression.name(name)) < \(query.expression.value(.text(value)))"
        return query
    }

    /// From the end of the order.
    var backwards: JobQuery {
        var query = self
        query.isForward = false
        return query
    }

    /// One attribute alone.
    func only(_ attribute: JobAttribute) -> JobQuery {
        var query = self
        query.projection = query.expression.name(attribute.rawValue)
        return query
    }

    /// For DynamoDB.
    /// - Parameters:
    ///   - limit: how many items are read; `nil` for a page of DynamoDB's own size.
    ///   - start: where the page before ended.
    func request(table: String, counts: Bool = false, limit: Int? = nil, after start: DynamoDBItem?) -> Query {
        Query(
            TableName: table, IndexName: index.name, KeyConditionExpression: keyCondition, FilterExpression: filter,
            ExpressionAttributeNames: expression.names, ExpressionAttributeValues: expression.values,
            ScanIndexForward: isForward, Select: counts ? "COUNT" : nil, ProjectionExpression: projection,
            Limit: limit, ExclusiveStartKey: start)
    }
}
