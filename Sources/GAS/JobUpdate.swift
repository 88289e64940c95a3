import Foundation

/// One conditional change of one stored job: if every expected attribute is as named, set the others; else nothing.
///
/// This is the only way in which a job changes. It is plain data so that each store can carry it out as a single
/// statement of its own: `UPDATE ... WHERE` in SQL, a `ConditionExpression` in DynamoDB.
public struct JobUpdate: Sendable, Hashable {
    /// The job to change.
    public let id: JobID
    /// Attributes with the values that they must have; `nil` means that the attribute must be absent.
    public let expecting: [JobAttribute: AttributeValue?]
    /// Attributes with their new values; `nil` removes the attribute.
    public let setting: [JobAttribute: AttributeValue?]

    init(
        id: JobID, expecting: [JobAttribute: AttributeValue?], setting: [JobAttribute: AttributeValue?]
    ) {
        self.id = id
        self.expecting = expecting
        self.setting = setting
    }

    /// What the update makes of stored attributes, or `nil` when they are not as expected.
    public func applied(to attributes: JobAttributes) -> JobAttributes? {
        guard expecting.allSatisfy({ attributes[$0.key] == $0.value }) else { return nil }
        var changed = attributes
        for (name, value) in setting { changed[name] = value }
        return changed
    }
}
