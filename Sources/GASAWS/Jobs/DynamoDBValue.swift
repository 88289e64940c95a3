import GAS

/// A value as DynamoDB writes it: `{"S": "text"}` or `{"N": "12"}`.
enum DynamoDBValue: Codable, Sendable, Hashable {
    case text(String)
    case number(String)
    /// Of a kind that we never write.
    case other

    init(_ value: AttributeValue) {
        switch value {
        case .text(let text): self = .text(text)
        case .number(let number): self = .number("\(number)")
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Kind.self)
        if let text = try values.decodeIfPresent(String.self, forKey: .text) {
            self = .text(text)
        } else if let number = try values.decodeIfPresent(String.self, forKey: .number) {
            self = .number(number)
        } else {
            self = .other
        }
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Kind.self)
        switch self {
        case .text(let text): try values.encode(text, forKey: .text)
        case .number(let number): try values.encode(number, forKey: .number)
        case .other: break
        }
    }

    /// As the domain has it; `nil` for what is no text and no whole number.
    var attribute: AttributeValue? {
        switch self {
        case .text(let text): .text(text)
        case .number(let number): Int(number).map(AttributeValue.number)
        case .other: nil
        }
    }

    private enum Kind: String, CodingKey {
        case text = "S"
        case number = "N"
    }
}

/// What the table keeps of one job.
typealias DynamoDBItem = [String: DynamoDBValue]

extension Job {
    /// For the table.
    var item: DynamoDBItem {
        var item: DynamoDBItem = [:]
        for (name, value) in attributes { item[name.rawValue] = DynamoDBValue(value) }
        item[JobTable.order] = .text(
            JobTable.order(submitTime: attributes[.submitTime]?.number ?? 0, jobID: id))
        return item
    }

    /// From the table. What is not ours is passed over.
    /// - Throws: `corrupted` when something required is missing.
    init(item: DynamoDBItem) throws {
        var attributes: JobAttributes = [:]
        for (name, value) in item {
            if let name = JobAttribute(rawValue: name) { attributes[name] = value.attribute }
        }
        try self.init(attributes: attributes)
    }
}
