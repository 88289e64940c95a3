import GAS
import GASAWS
import GASTesting
import Synchronization

/// Credentials as tests have them.
enum CredentialStage {
    /// What a container's endpoint and a machine's metadata answer.
    static let document =
        """
        {"Code": "Success", "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "hidden", "Token": "covert",
         "Expiration": "2026-01-01T06:00:00Z"}
        """

    static let patience = CredentialPatience(
        AWSSettings(region: "us-east-1", retries: 2, backoffSeconds: 0.01), clock: SystemClock())

    /// One source alone, in a time that stands still.
    static func chain(_ source: CredentialSource) -> CredentialChain {
        CredentialChain(sources: [source], clock: ManualClock())
    }

    /// Others each time they are fetched: `key1` with `t1`, `key2` with `t2`.
    static func renewed() -> CredentialChain {
        let count = Mutex(0)
        return CredentialChain(
            sources: [
                CredentialSource(name: "a test") {
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    return AWSCredentials(accessKeyID: "key\(number)", secretAccessKey: "a", sessionToken: "t\(number)")
                }
            ], clock: SystemClock())
    }
}
