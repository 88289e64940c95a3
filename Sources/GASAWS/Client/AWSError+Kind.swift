import Foundation

extension AWSError {
    /// What kind of answer it is: what is to be done about it depends on that. AWS's word counts, not the HTTP status, for
    /// services that speak JSON refuse with 400 what others refuse with 403.
    enum Kind {
        /// The service asks for slower requests.
        case throttling
        /// The same request may fare better in a moment.
        case passing
        /// There is no such host.
        case noSuchHost
        /// A connection came about, but no encryption.
        case noTLS
        /// The object is archived.
        case archived
        /// A bucket, table, queue, topic or vault that the settings name does not exist.
        case missingPlace
        /// What was asked for does not exist in there.
        case missing
        /// The credentials were good once.
        case expired
        /// AWS knows nobody of these credentials.
        case credentials
        /// AWS knows who asks, and does not permit it.
        case permission
        /// Our clock is wrong.
        case clockSkew
        /// It is in another region.
        case elsewhere
        /// The name of a bucket belongs to somebody else.
        case nameTaken
        /// Anything else.
        case refused
    }

    /// What kind of answer it is.
    var kind: Kind {
        if code == Self.noSuchHost { return .noSuchHost }
        if code == Self.noTLS { return .noTLS }
        if isThrottling { return .throttling }
        if isPassing { return .passing }
        if isClockSkew { return .clockSkew }
        if code == "InvalidObjectState" { return .archived }
        if Self.elsewhere.contains(code) || status == 301 || status == 307 { return .elsewhere }
        if code == "BucketAlreadyExists" { return .nameTaken }
        if isMissingPlace { return .missingPlace }
        if isMissing { return .missing }
        if isExpiredToken { return .expired }
        if Self.unknownCredentials.contains(code) { return .credentials }
        if Self.denied.contains(code) || status == 401 || status == 403 { return .permission }
        return .refused
    }

    static let connectionLost = "ConnectionLost"
    static let noSuchHost = "NoSuchHost"
    static let noTLS = "NoTLS"

    /// Whether the service asks for slower requests.
    var isThrottling: Bool { status == 429 || Self.throttling.contains(code) }

    /// Whether the same request may fare better in a moment.
    var isPassing: Bool {
        if isWithoutCapacity { return false }
        return isThrottling || Self.passing.contains(code) || (status ?? 0) >= 500
    }

    /// Whether Glacier has no room for a retrieval in the tier that was asked for: an answer, which asking again in a moment
    /// does not change.
    var isWithoutCapacity: Bool { Self.withoutCapacity.contains(code) }

    /// Whether the credentials were good once.
    var isExpiredToken: Bool { Self.expired.contains(code) }

    /// Whether a wrong clock may be why, since a signature holds for minutes.
    var mayBeClockSkew: Bool {
        saysClockSkew || code == "SignatureDoesNotMatch" || code == "InvalidSignatureException" || code == "AuthFailure"
    }

    /// Whether a wrong clock is why, in AWS's own words.
    var saysClockSkew: Bool {
        Self.skew.contains(code) || message.hasPrefix("Signature expired")
            || message.hasPrefix("Signature not yet current")
    }

    /// Whether what was named does not exist in a place that does.
    var isMissing: Bool { !isMissingPlace && (status == 404 || Self.missing.contains(code)) }

    /// Whether the bucket, table, queue, topic or vault itself does not exist.
    var isMissingPlace: Bool {
        if Self.missingPlaces.contains(code) { return true }
        switch service {
        case "dynamodb", "sqs": return code == "ResourceNotFoundException" || (service == "sqs" && status == 404)
        case "sns": return code == "NotFound" || code == "NotFoundException"
        case "glacier":
            return code == "ResourceNotFoundException" && message.localizedCaseInsensitiveContains("vault not found")
        default: return false
        }
    }

    private static let throttling: Set = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
        "BandwidthLimitExceeded", "TransactionInProgressException", "SlowDown", "PriorRequestNotComplete",
        "OverLimit", "KMS.ThrottlingException",
    ]
    /// Of the last two: another write of the same object, or of the same bucket, is under way.
    private static let passing: Set = [
        connectionLost, noSuchHost, noTLS, "RequestTimeout", "ConditionalRequestConflict", "OperationAborted",
    ]
    private static let withoutCapacity: Set = [
        "GlacierExpeditedRetrievalNotAvailable", "InsufficientCapacityException", "PolicyEnforcedException",
    ]
    private static let skew: Set = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]
    private static let missing: Set = ["NoSuchKey", "NoSuchUpload", "ResourceNotFoundException", "NotFound"]
    private static let missingPlaces: Set = [
        "NoSuchBucket", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "VaultNotFound",
    ]
    private static let expired: Set = [
        "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired",
    ]
    private static let unknownCredentials: Set = [
        "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidToken", "AuthFailure",
        "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "IncompleteSignatureException",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "NotSignedUp", "OptInRequired",
    ]
    private static let denied: Set = [
        "AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException",
        "UnauthorizedOperation",
        "NotAuthorized", "KMS.AccessDeniedException", "AllAccessDisabled", "AccountProblem",
    ]
    private static let elsewhere: Set = [
        "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException",
        "IncorrectEndpoint",
    ]
}
