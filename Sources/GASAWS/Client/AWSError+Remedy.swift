/// A failure about which whoever runs the service can do something.
public protocol Remediable: Error {
    /// What, in a sentence; `nil` when that depends on what was asked for.
    var remedy: String? { get }
}

extension AWSError: Remediable {
    /// What whoever runs the service can do about it; `nil` when that depends on what was asked for.
    public var remedy: String? {
        switch kind {
        case .noSuchHost:
            "Look at aws.region and aws.endpoint: no host of that name is known here. If they are right, look at the network."
        case .noTLS:
            "Look at aws.endpoint: is it https where the server speaks http, or has the server a certificate that is not "
                + "trusted here?"
        case .passing: "Look at the network and at aws.endpoint; if AWS itself is down, wait."
        case .throttling: "Wait; if it stays so, ask AWS for higher quotas."
        case .expired: "Get new credentials, for those in use have expired; docs/aws.md says where they are looked for."
        case .credentials:
            "Look at the credentials, which AWS does not know; docs/aws.md says where they are looked for."
        case .permission: "Permit it to whose credentials these are: docs/aws.md lists what is needed."
        case .clockSkew: "Set the clock of this machine right."
        case .elsewhere: "Set aws.region to where it is, or take another name."
        case .nameTaken: "Take another name: those of buckets are given away once in the whole world."
        case .archived, .missingPlace, .missing, .refused: nil
        }
    }
}
