/// The keys of a job's objects: `<prefix>/<user id>/<job id>~<file name>`.
public struct ObjectKey: Sendable, Hashable {
    /// First part of every key of the installation.
    public let prefix: String
    /// Whose job it is.
    public let userID: AccountID
    /// Which job.
    public let jobID: JobID

    /// Names the objects of a job.
    public init(prefix: String, userID: AccountID, jobID: JobID) {
        self.prefix = prefix
        self.userID = userID
        self.jobID = jobID
    }

    /// Everything before the file name.
    public var start: String { "\(prefix)/\(userID)/\(jobID)~" }

    /// Takes a key apart; `nil` when it is not of this form or of another prefix.
    public init?(parsing key: String, prefix: String) {
        guard key.hasPrefix(prefix + "/") else { return nil }
        let parts = key.dropFirst(prefix.count + 1).split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let tilde = parts[1].firstIndex(of: "~"),
            tilde > parts[1].startIndex
        else { return nil }
        self.init(
            prefix: prefix, userID: AccountID(rawValue: String(parts[0])),
            jobID: JobID(rawValue: String(parts[1][..<tilde])))
    }
}
