import Foundation
import GAS

extension Job {
    /// A job to test with.
    public static func sample(
        id: JobID = JobID(),
        of account: AccountID = AccountID(),
        fileName: String = "sample.vcf",
        at time: Date
    ) -> Job {
        Job(
            id: id,
            userID: account,
            inputFileName: fileName,
            input: ObjectLocation(bucket: "gas-inputs", key: "gas/\(account)/\(id)~\(fileName)"),
            inputSize: 1234,
            submitTime: time
        )
    }
}

extension JobOutput {
    /// The files of a sample job.
    public static func sample(_ job: Job) -> JobOutput {
        let prefix = "gas/\(job.userID)/\(job.id)~sample"
        return JobOutput(
            bucket: "gas-results",
            resultKey: "\(prefix).annot.vcf",
            logKey: "\(prefix).vcf.count.log",
            summaryKey: "\(prefix).summary.json",
            resultSize: 4321
        )
    }
}

extension Account {
    /// An account to test with.
    public static func sample(
        id: AccountID = AccountID(),
        name: String = "Ada",
        email: String? = nil,
        role: Role = .free,
        at time: Date,
        identity: Identity? = nil
    ) -> Account {
        Account(
            id: id,
            name: name,
            email: email ?? "\(id)@example.org",
            institution: "Analytical Engines",
            role: role,
            created: time,
            identity: identity
        )
    }
}

extension Session {
    /// A session to test with.
    public static func sample(of account: AccountID = AccountID(), created: Date, lastSeen: Date) -> Session {
        let random = UUID().uuidString.lowercased()
        return Session(
            tokenHash: "hash-\(random)",
            accountID: account,
            created: created,
            lastSeen: lastSeen,
            csrfToken: "csrf-\(random)",
            userAgent: "Mozilla/5.0 (X11; Linux x86_64) \"Täst\" 🧬",
            sealedTokens: "sealed-\(random)"
        )
    }
}
