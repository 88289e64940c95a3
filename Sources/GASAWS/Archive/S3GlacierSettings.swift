/// How results are archived in S3.
public struct S3GlacierSettings: Sendable, Hashable {
    /// S3's word for the class of storage: `GLACIER` for Glacier Flexible Retrieval.
    public var storageClass: String
    /// Days for which a restored copy can be read; S3 counts whole ones.
    public var keepDays: Int
    /// How long restorations take.
    public var times: RetrievalTimes
    /// How objects go up, and are encrypted. Their class of storage is the one above.
    public var objects: S3Settings

    /// States how.
    public init(
        storageClass: String = "GLACIER", keepDays: Int = 1, times: RetrievalTimes = RetrievalTimes(),
        objects: S3Settings = S3Settings()
    ) {
        self.storageClass = storageClass
        self.keepDays = keepDays
        self.times = times
        self.objects = objects
        self.objects.storageClass = storageClass
    }
}
