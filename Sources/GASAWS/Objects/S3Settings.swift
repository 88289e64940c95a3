/// How objects are kept in S3.
public struct S3Settings: Sendable, Hashable {
    /// Files with more bytes go up in parts of this size; S3 wants at least 5 MiB.
    public var partBytes: Int
    /// Parts that are on their way at the same time.
    public var parallelParts: Int
    /// S3's word for how objects are encrypted, such as `AES256` or `aws:kms`; `nil` for what the bucket says.
    public var encryption: String?
    /// S3's word for where objects are kept, such as `GLACIER`; `nil` for the standard class.
    public var storageClass: String?

    /// States how.
    public init(
        partBytes: Int = 16 << 20, parallelParts: Int = 4, encryption: String? = nil, storageClass: String? = nil
    ) {
        self.partBytes = partBytes
        self.parallelParts = parallelParts
        self.encryption = encryption
        self.storageClass = storageClass
    }
}
