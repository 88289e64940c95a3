import Foundation
import GAS

/// Lists: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html.
extension S3ObjectStore {
    /// Page after page, as many as are wanted. S3 does not tell checksums here.
    public func list(bucket: String, prefix: String, after key: String?, limit: Int) async throws -> [ObjectMetadata] {
        var found: [ObjectMetadata] = []
        var continuation: String?
        repeat {
            var query = [
                (name: "list-type", value: "2"), ("prefix", prefix), ("encoding-type", "url"),
                ("max-keys", "\(min(limit - found.count, 1000))"),
            ]
            if let key { query.append(("start-after", key)) }
            if let continuation { query.append(("continuation-token", continuation)) }
            guard let page = try await page(bucket, query) else { return [] }
            found += try page.all("Contents").map { try Self.object(bucket, $0) }
            continuation = page["IsTruncated"]?.text == "true" ? page["NextContinuationToken"]?.text : nil
        } while found.count < limit && continuation != nil
        return Array(found.prefix(limit))
    }

    /// - Returns: `nil` when there is no such bucket.
    private func page(_ bucket: String, _ query: [(name: String, value: String)]) async throws -> XMLNode? {
        do {
            let request = request("GET", ObjectLocation(bucket: bucket, key: ""), query: query)
            guard let page = XMLNode(parsing: try await client.send(request).value) else {
                throw GASError(.internal, "The list of the bucket \(bucket) cannot be understood.")
            }
            return page
        } catch let error as AWSError where error.code == "NoSuchBucket" {
            return nil
        } catch let error as AWSError {
            throw error.error
        }
    }

    private static func object(_ bucket: String, _ node: XMLNode) throws -> ObjectMetadata {
        guard let key = node["Key"]?.text, let size = node["Size"].flatMap({ Int($0.text) }),
            let modified = node["LastModified"].flatMap({ ISODate.parse($0.text) })
        else { throw GASError(.internal, "The list of the bucket \(bucket) cannot be understood.") }
        return ObjectMetadata(
            location: ObjectLocation(bucket: bucket, key: URIEncoding.decode(key)), size: size, sha256: nil,
            modified: modified)
    }
}
