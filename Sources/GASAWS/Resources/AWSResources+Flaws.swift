import Foundation
import GAS
import NIOHTTP1

/// Compares what is there with what the service needs. Each flaw is the end of a sentence that begins with the thing's name.
extension AWSResources {
    /// What is wrong with the table of jobs.
    public func flaws(ofJobTable name: String) async throws -> [String] {
        guard let table = try await describe(name) else { return ["does not exist in \(client.settings.region)"] }
        var flaws: [String] = []
        if !table.isActive { flaws.append("is not ready yet") }
        let id = JobAttribute.jobID.rawValue
        if table.keys != [id] { flaws.append("has the key \(table.keys.joined(separator: ", ")) instead of \(id)") }
        for index in JobTable.indexes {
            let wanted = [index.hash, index.range]
            guard let found = table.indexes[index.name] else {
                flaws.append("has no index \(index.name) on \(wanted.joined(separator: ", "))")
                continue
            }
            if found.keys != wanted {
                flaws.append(
                    "has an index \(index.name) on \(found.keys.joined(separator: ", ")) instead of "
                        + wanted.joined(separator: ", "))
            }
            if !found.isWhole { flaws.append("has an index \(index.name) that does not hold all attributes") }
        }
        return flaws
    }

    /// What is wrong with a queue.
    public func flaws(ofQueue name: String, _ shape: QueueShape) async throws -> [String] {
        let attributes: [String: String]
        do {
            let url = try await QueueAddress(of: name, client: client).url()
            attributes = try await translatingErrors {
                let answer: AWSAnswer<QueueAttributes.Output> = try await client.call(
                    "sqs", "AmazonSQS.GetQueueAttributes", QueueAttributes(QueueUrl: url, AttributeNames: ["All"]))
                return answer.value.Attributes ?? [:]
            }
        } catch let error as GASError where (error.underlying as? AWSError)?.isMissingPlace == true {
            return ["does not exist in \(client.settings.region)"]
        }
        var flaws: [String] = []
        let retention = attributes["MessageRetentionPeriod"].flatMap { Int($0) } ?? 0
        if retention != shape.retention {
            flaws.append("keeps messages for \(retention) s instead of \(shape.retention) s")
        }
        let delay = attributes["DelaySeconds"].flatMap { Int($0) } ?? 0
        if delay != shape.delay { flaws.append("delays messages by \(delay) s instead of \(shape.delay) s") }
        if let wanted = shape.redrive {
            let policy = attributes["RedrivePolicy"].flatMap(FoundRedrive.init)
            if policy == nil {
                flaws.append("has no queue of dead letters")
            } else if policy?.queue != wanted.queue || policy?.maximumReceives != wanted.maximumReceives {
                flaws.append(
                    "gives messages up after \(policy?.maximumReceives ?? 0) deliveries to \(policy?.queue ?? "") instead of "
                        + "after \(wanted.maximumReceives) to \(wanted.queue)")
            }
        }
        let policy = attributes["Policy"] ?? ""
        for topic in shape.topics where !policy.contains("\"\(topic)\"") {
            flaws.append("lets the topic \(topic) put in no messages")
        }
        return flaws
    }

    /// What is wrong with a topic.
    /// - Parameter queues: names (ARNs) of those that must be subscribed.
    public func flaws(ofTopic arn: String, queues: [String]) async throws -> [String] {
        var subscribed: Set<String> = []
        var next: String?
        do {
            repeat {
                let result = try await translatingErrors {
                    try await client.query(
                        "sns", "ListSubscriptionsByTopic", version: "2010-03-31",
                        [("TopicArn", arn)] + (next.map { [("NextToken", $0)] } ?? []))
                }
                for member in result?["Subscriptions"]?.all("member") ?? [] {
                    if let endpoint = member["Endpoint"]?.text { subscribed.insert(endpoint) }
                }
                next = result?["NextToken"]?.text
            } while next.map { !$0.isEmpty } ?? false
        } catch let error as GASError where (error.underlying as? AWSError)?.isMissingPlace == true {
            return ["does not exist in \(client.settings.region)"]
        }
        return queues.filter { !subscribed.contains($0) }.map { "does not tell the queue \($0)" }
    }

    /// What is wrong with a bucket.
    public func flaws(ofBucket name: String) async throws -> [String] {
        // A list, for which S3 gives reasons; an answer to HEAD has none.
        let request = S3ObjectStore(client: client).request(
            "GET", ObjectLocation(bucket: name, key: ""), query: S3ObjectStore.nothing)
        do {
            return isElsewhere(try await client.send(request).headers.first(name: "x-amz-bucket-region"))
        } catch let error as AWSError where error.kind == .elsewhere {
            let flaws = isElsewhere(error.bucketRegion)
            guard flaws.isEmpty else { return flaws }
            throw error.error
        } catch let error as AWSError where error.isMissingPlace {
            return ["does not exist"]
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// - Parameter region: that of a bucket, as S3 says.
    private func isElsewhere(_ region: String?) -> [String] {
        // Servers that are not AWS's have regions of their own, and one place.
        guard let region, region != client.settings.region, !client.settings.isCustom("s3") else { return [] }
        return ["is in the region \(region), not in \(client.settings.region)"]
    }

    private func describe(_ name: String) async throws -> FoundTable? {
        do {
            let answer: AWSAnswer<DescribedTable> = try await client.call(
                "dynamodb", DynamoDBJobStore.action("DescribeTable"), ["TableName": name])
            return FoundTable(answer.value.Table)
        } catch let error as AWSError where error.isMissingPlace {
            return nil
        } catch let error as AWSError {
            throw error.error
        }
    }
}

/// When a queue gives messages up, and to which queue.
private struct FoundRedrive {
    let queue: String
    let maximumReceives: Int

    /// SQS keeps the number as it was given: as a number or as text.
    init?(_ text: String) {
        struct Policy: Decodable {
            let deadLetterTargetArn: String
            let maxReceiveCount: Count
        }
        struct Count: Decodable {
            let value: Int?

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                value = try (try? container.decode(Int.self)) ?? Int(container.decode(String.self))
            }
        }
        guard let policy = try? JSONDecoder().decode(Policy.self, from: Data(text.utf8)),
            let count = policy.maxReceiveCount.value
        else { return nil }
        queue = policy.deadLetterTargetArn
        maximumReceives = count
    }
}
