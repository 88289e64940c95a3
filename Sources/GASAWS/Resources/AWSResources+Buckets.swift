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
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Lets a bucket forget uploads in parts that nobody finished, as a crash leaves them.
    /// - Parameter days: after how many whole days.
    public func abandonUnfinishedUploads(in bucket: String, afterDays days: Int) async throws {
        var request = S3ObjectStore(client: client).request(
            "PUT", ObjectLocation(bucket: bucket, key: ""), query: [("lifecycle", "")])
        request.setXML(
            """
            <LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>\
            <ID>unfinished-uploads</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>\
            <AbortIncompleteMultipartUpload><DaysAfterInitiation>\(days)</DaysAfterInitiation>\
            </AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>
            """)
        _ = try await translatingErrors { [request] in try await client.send(request) }
    }
}
