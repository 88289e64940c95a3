import GAS

/// Conditions and changes as DynamoDB writes them. Every name and value goes through a placeholder, since many names are
/// reserved there.
/// See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html.
struct DynamoDBExpression: Sendable {
    private(set) var names: [String: String] = [:]
    private(set) var values: [String: DynamoDBValue] = [:]

    /// The placeholder of a name.
    mutating func name(_ name: String) -> String {
        let placeholder = "#\(name)"
        names[placeholder] = name
        return placeholder
    }

    /// The placeholder of a value.
    mutating func value(_ value: DynamoDBValue) -> String {
        let placeholder = ":v\(values.count)"
        values[placeholder] = value
        return placeholder
    }

    /// All that an update expects, of a job that exists.
    mutating func condition(of update: JobUpdate) -> String {
        var terms = ["attribute_exists(\(name(JobAttribute.jobID.rawValue)))"]
        for (attribute, expected) in update.expecting {
            let name = name(attribute.rawValue)
            if let expected {
                terms.append("\(name) = \(value(DynamoDBValue(expected)))")
            } else {
                terms.append("attribute_not_exists(\(name))")
            }
        }
        return terms.joined(separator: " AND ")
    }

    /// All that an update sets and removes, with what follows from it for `untold`, and the name of this write.
    mutating func change(of update: JobUpdate, write: String) -> String {
        var setting = update.setting.reduce(into: [String: DynamoDBValue?]()) { setting, change in
            setting[change.key.rawValue] = .some(change.value.map(DynamoDBValue.init))
        }
        setting[JobTable.write] = .some(.text(write))
        if let status = update.setting[.status]??.text, JobStatus(rawValue: status)?.isTold == true {
            setting[JobTable.untold] = .some(.text(status))
        }
        if case .some(.some) = update.setting[.notifyTime] { setting[JobTable.untold] = .some(nil) }
        var (sets, removals): ([String], [String]) = ([], [])
        for (attribute, value) in setting {
            let name = name(attribute)
            if let value { sets.append("\(name) = \(self.value(value))") } else { removals.append(name) }
        }
        return (sets.isEmpty ? "" : "SET " + sets.joined(separator: ", "))
            + (removals.isEmpty ? "" : " REMOVE " + removals.joined(separator: ", "))
    }
}
