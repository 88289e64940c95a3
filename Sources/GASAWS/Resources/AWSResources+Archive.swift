import Foundation
import GAS

extension AWSResources {
    /// Makes a bucket for archives, which announces the ends of restorations.
    /// - Parameter topic: the name (ARN) of the topic `thaw`, which must admit announcements already.
    public func makeArchiveBucket(named name: String, announcingTo topic: String) async throws {
        try await makeBucket(named: name)
        var request = S3ObjectStore(client: client).request(
            "PUT", ObjectLocation(bucket: name, key: ""), query: [("notification", "")])
        request.setXML(
            """
            <NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TopicConfiguration>\
            <Id>thaw</Id><Topic>\(topic)</Topic><Event>s3:ObjectRestore:Completed</Event>\
            </TopicConfiguration></NotificationConfiguration>
            """)
        _ = try await translatingErrors { [request] in try await client.send(request) }
    }

    /// Makes a vault. AWS lets only those make new ones who had some before December 2025.
    public func makeVault(named name: String) async throws {
        let vault = VaultArchive(vault: name, topic: "", client: client, clock: client.clock)
        _ = try await translatingErrors { try await client.send(vault.request("CreateVault", "PUT", "")) }
    }

    /// What is wrong with a bucket for archives.
    public func flaws(ofArchiveBucket name: String, announcingTo topic: String) async throws -> [String] {
        let request = S3ObjectStore(client: client).request(
            "GET", ObjectLocation(bucket: name, key: ""), query: [("notification", "")])
        let body = try await translatingErrors { try await client.send(request).value }
        let announced = (XMLNode(parsing: body)?.all("TopicConfiguration") ?? []).filter { $0["Topic"]?.text == topic }
        let events = Set(announced.flatMap { $0.all("Event").map(\.text) })
        let wanted: Set = ["s3:ObjectRestore:Completed", "s3:ObjectRestore:*"]
        return events.isDisjoint(with: wanted) ? ["does not announce to \(topic) what was restored"] : []
    }

    /// What is wrong with a vault.
    public func flaws(ofVault name: String) async throws -> [String] {
        let vault = VaultArchive(vault: name, topic: "", client: client, clock: client.clock)
        do {
            _ = try await client.send(vault.request("DescribeVault", "GET", ""))
            return []
        } catch let error as AWSError where error.isMissing {
            return ["does not exist in \(client.settings.region)"]
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Lets S3 and Glacier announce to a topic what they do for this account.
    public func admitAnnouncements(to topic: String) async throws {
        let account = try await client.caller().account
        let policy = try Self.text(TopicPolicy(topic: topic, account: account))
        _ = try await translatingErrors {
            try await client.query(
                "sns", "SetTopicAttributes", version: "2010-03-31",
                [("TopicArn", topic), ("AttributeName", "Policy"), ("AttributeValue", policy)])
        }
    }
}

/// S3 and Glacier may publish for the account, and the account itself may do what its own permissions say.
private struct TopicPolicy: Encodable {
    let Version = "2012-10-17"
    let Statement: [TopicStatement]

    init(topic: String, account: String) {
        Statement = [
            .init(
                Sid: "announcements", Principal: ["Service": ["s3.amazonaws.com", "glacier.amazonaws.com"]],
                Resource: topic, Condition: ["StringEquals": ["aws:SourceAccount": account]]),
            .init(Sid: "account", Principal: ["AWS": [account]], Resource: topic, Condition: nil),
        ]
    }

    enum CodingKeys: String, CodingKey { case Version, Statement }
}

private struct TopicStatement: Encodable {
    let Sid: String
    let Effect = "Allow"
    let Principal: [String: [String]]
    let Action = "sns:Publish"
    let Resource: String
    let Condition: [String: [String: String]]?

    enum CodingKeys: String, CodingKey { case Sid, Effect, Principal, Action, Resource, Condition }
}
