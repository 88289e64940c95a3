import Foundation
import GAS

extension AWSResources {
    /// Makes a bucket for archives, which announces the ends of restorations.
    /// - Parameter topic: the name (ARN) of the topic `thaw`, which must admit announcements already.
    public func makeArchiveBucket(named name: String, announcingTo topic: String) async throws {
        try await makeBucket(named: name)
        let found = try await notifications(of: name)
        guard !Self.isAnnounced(found, to: topic) else { return }
        // Whatever else the bucket announces stays; what carries our id is replaced.
        let others = (found?.children ?? []).filter { $0["Id"]?.text != Self.thawNotification }
        var request = request("PUT", name, "notification")
        request.setXML(
            """
            <NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
            \(others.map(\.document).joined())<TopicConfiguration>\
            <Id>\(Self.thawNotification)</Id><Topic>\(topic)</Topic><Event>s3:ObjectRestore:Completed</Event>\
            </TopicConfiguration></NotificationConfiguration>
            """)
        _ = try await translatingErrors { [request] in try await client.send(request) }
    }

    private static let thawNotification = "thaw"

    private func notifications(of bucket: String) async throws -> XMLNode? {
        XMLNode(
            parsing: try await translatingErrors { try await client.send(request("GET", bucket, "notification")).value }
        )
    }

    private static func isAnnounced(_ notifications: XMLNode?, to topic: String) -> Bool {
        let announced = (notifications?.all("TopicConfiguration") ?? []).filter { $0["Topic"]?.text == topic }
        let events = Set(announced.filter { $0["Filter"] == nil }.flatMap { $0.all("Event").map(\.text) })
        return !events.isDisjoint(with: ["s3:ObjectRestore:Completed", "s3:ObjectRestore:*"])
    }

    /// Makes a vault. AWS lets only those make new ones who had some before December 2025.
    public func makeVault(named name: String) async throws {
        let vault = VaultArchive(vault: name, topic: "", client: client, clock: client.clock)
        _ = try await translatingErrors { try await client.send(vault.request("CreateVault", "PUT", "")) }
    }

    /// What is wrong with a bucket for archives.
    public func flaws(ofArchiveBucket name: String, announcingTo topic: String) async throws -> [String] {
        Self.isAnnounced(try await notifications(of: name), to: topic)
            ? [] : ["does not announce to \(topic) what was restored"]
    }

    /// What is wrong with a vault.
    public func flaws(ofVault name: String) async throws -> [String] {
        let vault = VaultArchive(vault: name, topic: "", client: client, clock: client.clock)
        do {
            _ = try await client.send(vault.request("DescribeVault", "GET", ""))
            return []
        } catch let error as AWSError where error.isMissing || error.isMissingPlace {
            return ["does not exist in \(client.settings.region)"]
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Lets S3 and Glacier announce to a topic what they do for this account. Whom else it admits stays so.
    public func admitAnnouncements(to topic: String) async throws {
        let account = try await client.caller().account
        let found = try await translatingErrors {
            try await client.query("sns", "GetTopicAttributes", version: "2010-03-31", [("TopicArn", topic)])
        }
        let entry = found?["Attributes"]?.all("entry").first { $0["key"]?.text == "Policy" }
        let policy = try PolicyDocument(entry?["value"]?.text).replacing(
            TopicStatement.all(topic: topic, account: account), of: topic)
        _ = try await translatingErrors {
            try await client.query(
                "sns", "SetTopicAttributes", version: "2010-03-31",
                [("TopicArn", topic), ("AttributeName", "Policy"), ("AttributeValue", policy)])
        }
    }
}

private struct TopicStatement: Encodable {
    let Sid: String
    let Effect = "Allow"
    let Principal: [String: [String]]
    let Action = "sns:Publish"
    let Resource: String
    let Condition: [String: [String: String]]?

    /// S3 and Glacier may publish for the account, and the account itself may do what its own permissions say.
    static func all(topic: String, account: String) -> [Self] {
        [
            .init(
                Sid: "announcements", Principal: ["Service": ["s3.amazonaws.com", "glacier.amazonaws.com"]],
                Resource: topic, Condition: ["StringEquals": ["aws:SourceAccount": account]]),
            .init(Sid: "account", Principal: ["AWS": [account]], Resource: topic, Condition: nil),
        ]
    }

    enum CodingKeys: String, CodingKey { case Sid, Effect, Principal, Action, Resource, Condition }
}
