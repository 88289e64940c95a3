// The members have DynamoDB's own names.

struct PutItem: Encodable, Sendable {
    let TableName: String
    let Item: DynamoDBItem
    let ConditionExpression: String
    let ExpressionAttributeNames: [String: String]
}

struct GetItem: Encodable, Sendable {
    let TableName: String
    let Key: DynamoDBItem
    let ConsistentRead = true

    struct Output: Decodable, Sendable { let Item: DynamoDBItem? }

    enum CodingKeys: String, CodingKey { case TableName, Key, ConsistentRead }
}

struct UpdateItem: Encodable, Sendable {
    let TableName: String
    let Key: DynamoDBItem
    let UpdateExpression: String
    let ConditionExpression: String?
    let ExpressionAttributeNames: [String: String]
    let ExpressionAttributeValues: [String: DynamoDBValue]
    let ReturnValues = "ALL_NEW"

    struct Output: Decodable, Sendable { let Attributes: DynamoDBItem? }

    enum CodingKeys: String, CodingKey {
        case TableName, Key, UpdateExpression, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues
        case ReturnValues
    }
}

struct DeleteItem: Encodable, Sendable {
    let TableName: String
    let Key: DynamoDBItem
    let ReturnValues = "ALL_OLD"

    struct Output: Decodable, Sendable { let Attributes: DynamoDBItem? }

    enum CodingKeys: String, CodingKey { case TableName, Key, ReturnValues }
}

struct Query: Encodable, Sendable {
    let TableName: String
    let IndexName: String
    let KeyConditionExpression: String
    let FilterExpression: String?
    let ExpressionAttributeNames: [String: String]
    let ExpressionAttributeValues: [String: DynamoDBValue]
    let ScanIndexForward: Bool
    let Select: String?
    let ProjectionExpression: String?
    let Limit: Int?
    let ExclusiveStartKey: DynamoDBItem?

    struct Output: Decodable, Sendable {
        let Items: [DynamoDBItem]?
        let Count: Int
        let LastEvaluatedKey: DynamoDBItem?
    }
}
