import GAS

/// S3's names for what its requests do, which it does not want to hear: method, address and query say it.
enum S3Operation {
    static func name(
        _ method: String, _ location: ObjectLocation, _ query: [(name: String, value: String)]
    ) -> String {
        let has = Set(query.map(\.name))
        guard !location.key.isEmpty else {
            switch method {
            case "GET":
                if has.contains("lifecycle") { return "GetBucketLifecycleConfiguration" }
                if has.contains("versioning") { return "GetBucketVersioning" }
                return has.contains("notification") ? "GetBucketNotificationConfiguration" : "ListObjectsV2"
            case "HEAD": return "HeadBucket"
            default:
                if has.contains("lifecycle") { return "PutBucketLifecycleConfiguration" }
                return has.contains("notification") ? "PutBucketNotificationConfiguration" : "CreateBucket"
            }
        }
        if has.contains("tagging") { return method == "GET" ? "GetObjectTagging" : "PutObjectTagging" }
        switch method {
        case "POST" where has.contains("restore"): return "RestoreObject"
        case "POST": return has.contains("uploads") ? "CreateMultipartUpload" : "CompleteMultipartUpload"
        case "PUT": return has.contains("partNumber") ? "UploadPart" : "PutObject"
        case "DELETE": return has.contains("uploadId") ? "AbortMultipartUpload" : "DeleteObject"
        case "HEAD": return "HeadObject"
        default: return "GetObject"
        }
    }
}
