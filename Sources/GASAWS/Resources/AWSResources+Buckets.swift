import Foundation
import GAS

extension AWSResources {
    /// Makes a bucket in the client's region.
    public func makeBucket(named name: String) async throws {
        var request = S3ObjectStore(client: client).request("PUT", ObjectLocation(bucket: name, key: ""))
        let region = client.settings.region
        if region != "us-east-1" {
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
        } catch let error as AWSError {
            throw error.error
        }
    }
}
