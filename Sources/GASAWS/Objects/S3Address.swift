import GAS

/// Where an object is reached: at AWS under the bucket's own name, elsewhere, and with names that no certificate covers, under
/// a path that begins with the bucket.
struct S3Address {
    let origin: String
    let path: String

    init(_ location: ObjectLocation, _ settings: AWSSettings) {
        let origin = settings.origin(of: "s3")
        if settings.isCustom("s3") || location.bucket.contains(".") {
            self.origin = origin
            path = "/\(location.bucket)/\(location.key)"
        } else {
            self.origin = origin.replacing("://", with: "://\(location.bucket).", maxReplacements: 1)
            path = "/\(location.key)"
        }
    }
}
