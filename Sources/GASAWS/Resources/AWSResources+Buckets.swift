import Foundation
import GAS

extension AWSResources {
    /// Makes a bucket in the client's region.
    public func makeBucket(named name: String) async throws {
        var request = S3ObjectStore(client: client).request("PUT", ObjectLocation(bucket: name, key: ""))
        let region = client.settings.region
        // Servers that are not AWS's have regions of their own, and one place.
        if region != "us-east-1", !client.settings.isCustom("s3") {
            request.body = .data(
                Data(
                    """
                    <CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
                    <LocationConstraint>\(region)</LocationConstraint></CreateBucketConfiguration>
                    """.utf8))
        }
        do {
            _ = try await client.send(request)
        } catch let error as AWSError where error.code == "BucketAlreadyOwnedByYou" {
            return
        } catch let error as AWSError where error.kind == .nameTaken {
            throw GASError(
                .conflict, "The name \(name) belongs to a bucket of somebody else's: choose another one.", cause: error)
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Lets a bucket forget uploads in parts that nobody finished, as a crash leaves them. Its other rules stay.
    /// - Parameter days: after how many whole days.
    public func abandonUnfinishedUploads(in bucket: String, afterDays days: Int) async throws {
        let own = """
            <Rule><ID>\(Self.uploadsRule)</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>\
            <AbortIncompleteMultipartUpload><DaysAfterInitiation>\(days)</DaysAfterInitiation>\
            </AbortIncompleteMultipartUpload></Rule>
            """
        let others = try await lifecycle(of: bucket).filter { $0["ID"]?.text != Self.uploadsRule }
        var request = request("PUT", bucket, "lifecycle")
        request.setXML(
            """
            <LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
            \(others.map(\.document).joined())\(own)</LifecycleConfiguration>
            """)
        _ = try await translatingErrors { [request] in try await client.send(request) }
    }

    private static let uploadsRule = "unfinished-uploads"

    /// What a bucket keeps of what was deleted or replaced there; empty when that is nothing.
    public func remains(in bucket: String) async throws -> [String] {
        let answer = try await translatingErrors { try await client.send(request("GET", bucket, "versioning")).value }
        guard XMLNode(parsing: answer)?["Status"]?.text == "Enabled" else { return [] }
        let ends = try await lifecycle(of: bucket).contains { rule in
            rule["Status"]?.text == "Enabled" && rule["NoncurrentVersionExpiration"] != nil
        }
        return [
            "keeps deleted and replaced objects, for its versioning is on"
                + (ends ? ", until a rule of its lifecycle ends them" : ", and no rule of its lifecycle ends them")
        ]
    }

    /// The rules of a bucket's lifecycle.
    private func lifecycle(of bucket: String) async throws -> [XMLNode] {
        do {
            let answer = try await client.send(request("GET", bucket, "lifecycle"))
            return XMLNode(parsing: answer.value)?.all("Rule") ?? []
        } catch let error as AWSError where error.code == "NoSuchLifecycleConfiguration" {
            return []
        } catch let error as AWSError {
            throw error.error
        }
    }

    func request(_ method: String, _ bucket: String, _ subresource: String) -> AWSRequest {
        S3ObjectStore(client: client).request(
            method, ObjectLocation(bucket: bucket, key: ""), query: [(subresource, "")])
    }
}
