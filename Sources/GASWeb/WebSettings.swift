/// How the web server behaves. Everything has a default that serves one machine; where the program's configuration has
/// a setting for it, the same one.
public struct WebSettings: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    public var port = 4433
    /// How browsers reach the service: scheme, host and port. Cookies are `Secure` when it begins with `https:`.
    public var publicURL = "https://localhost:4433"
    /// The certificate to serve HTTPS with; `nil` speaks plain HTTP, for use behind a proxy or on loopback.
    public var tls: TLSFiles?

    /// Seconds without a request after which a session ends.
    public var sessionIdleSeconds: Double = 2 * 3600
    /// Seconds after sign-in at which a session ends in any case.
    public var sessionAbsoluteSeconds: Double = 24 * 3600
    /// How old the note of a session's last request grows before it is written again, in seconds.
    public var sessionTouchSeconds: Double = 60
    /// So many accounts and addresses with failed sign-ins are remembered at most.
    public var signInSources = 10_000
    /// After so many seconds a page whose stream of news was refused asks for it again.
    public var feedRetrySeconds: Double = 30
    /// Seconds for which an announcement that was looked up is shown before it is looked up again.
    public var announcementSeconds: Double = 2
    /// Failed sign-ins of one account from one address before further ones must wait. Without TLS the address is the
    /// proxy's, so that all failures of an account count together.
    public var signInTries = 10
    /// Failed sign-ins of one address, whatever the account, before further ones must wait. Not applied without TLS,
    /// where all requests come from the proxy's address.
    public var signInTriesPerAddress = 100
    /// Seconds after which failed sign-ins are forgotten.
    public var signInWindowSeconds: Double = 900

    /// Whether people can sign in with a password of ours, and open accounts themselves.
    public var hasLocalAccounts = true
    /// Mails that ask to confirm an address, for one account within the window of failed sign-ins.
    public var confirmationMails = 5
    /// Whether who has an account of ours must confirm their address before they can use the service.
    public var confirmsAddresses = false
    /// Mails with a link for a new password that can be asked for one address within the window of failed sign-ins.
    public var resetMails = 3
    /// Such mails that one network address can ask for within that window; this machine's own are not counted.
    public var resetsPerAddress = 20

    /// The bucket that takes uploads.
    public var inputsBucket = "gas-inputs"
    /// What all keys begin with.
    public var keyPrefix = "gas"
    /// How long an upload form can be used, in seconds.
    public var uploadPolicySeconds: Double = 3600
    /// How long a download link can be used, in seconds.
    public var downloadLinkSeconds: Double = 300

    /// Rows on one page of the list of annotations.
    public var jobsPerPage = 25
    /// How much HTML of lists is kept, so that it need not be rendered again while nothing in it changes, in bytes; 0 for none.
    public var fragmentBytes = 16 << 20
    /// A list that nobody has asked for so long, or twice as long at most, is forgotten, in seconds.
    public var fragmentSeconds: Double = 60
    /// The assemblies that are installed, one line each, for the upload page.
    public var assemblies: @Sendable () -> [String] = { [] }
    /// A folder of VCF files that are offered as samples; `nil` for none.
    public var sampleDirectory: String?
    /// Longest log that is shown in the page, in bytes; a longer one is offered for download only.
    public var logBytes = 1 << 20
    /// Longest summary that is read, in bytes.
    public var summaryBytes = 8 << 20

    /// Event streams that one account may have open.
    public var feedsPerAccount = 20
    /// Seconds between signs of life on an event stream.
    public var feedKeepAliveSeconds: Double = 15
    /// Least time between two events of a stream, in seconds; changes in between are merged.
    public var feedIntervalSeconds: Double = 0.2

    /// Largest header of a request, in bytes.
    public var headerBytes = 16 << 10
    /// Largest form, uploads apart, in bytes.
    public var formBytes = 64 << 10
    /// Largest field before the file of an upload, in bytes.
    public var uploadFieldBytes = 32 << 10
    /// Most fields before the file of an upload.
    public var uploadFields = 40
    /// How much of a refused upload is still read, in bytes, so that the browser gets to see why; after that the
    /// connection is closed.
    public var refusedUploadBytes = 64 << 20
    /// Requests that one account may make within `requestWindowSeconds`.
    public var requestsPerAccount = 3000
    /// Requests that one network address may make within `requestWindowSeconds`; this machine's own are not counted.
    public var requestsPerAddress = 6000
    /// Seconds.
    public var requestWindowSeconds: Double = 60
    /// Accounts that may be opened from one network address within `signUpWindowSeconds`; this machine's own are not
    /// counted.
    public var signUpsPerAddress = 20
    /// Seconds.
    public var signUpWindowSeconds: Double = 3600
    /// Proxies whose word about where a request comes from counts.
    public var trustedProxies: [NetworkRange] = []
    /// Seconds within which the head of the first request of a connection must be there.
    public var headSeconds: Double = 20
    /// While the body of a request comes, so many bytes must come within `bodyPeriodSeconds`.
    public var bodyPeriodBytes = 4096
    /// Seconds.
    public var bodyPeriodSeconds: Double = 20
    /// Rows on one page of an administrator's list, and of somebody's activity.
    public var rowsPerPage = 50
    /// A folder of its own for local copies while somebody's things are handed over.
    public var exportDirectory = "/tmp/gas-exports"
    /// Days for which an upload is kept after its job has ended; 0 for ever. Stated in the privacy page.
    public var inputRetentionDays = 0
    /// Who besides this service gets something of people. Stated in the privacy page.
    public var recipients: [Recipient] = []
    /// Whom to ask about privacy and about flaws, as people read it; empty when nobody is named.
    public var contact = ""

    /// Seconds after which an idle connection is closed.
    public var idleConnectionSeconds: Double = 75

    /// Seconds for which browsers remember to use HTTPS only. Never sent for loopback hosts, whose other ports it
    /// would affect.
    public var strictTransportSeconds = 365 * 24 * 3600
    /// Whether that goes for all hosts below ours, too.
    public var strictTransportSubdomains = false
    /// Where Debian's libjs-bootstrap5 is.
    public var bootstrapDirectory = "/usr/share/javascript/bootstrap5"
    /// Where Debian's libjs-chart.js is.
    public var chartDirectory = "/usr/share/javascript/chart.js"
    /// The version of the service, shown at the foot of each page.
    public var version = "development"

    /// Takes the defaults.
    public init() {}

    /// Somebody who gets something of people.
    public struct Recipient: Sendable, Hashable {
        /// What people call them.
        public let name: String
        /// What they get, as the rest of a sentence.
        public let gets: String

        /// States who gets what.
        public init(_ name: String, _ gets: String) {
            self.name = name
            self.gets = gets
        }
    }

    /// PEM files.
    public struct TLSFiles: Sendable, Hashable {
        /// Path of the certificate, followed by its intermediates.
        public let certificateChain: String
        /// Path of the private key.
        public let privateKey: String

        /// Names the files.
        public init(certificateChain: String, privateKey: String) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }
    }
}

extension WebSettings {
    /// Whether browsers reach the service by HTTPS, be it through a proxy.
    var isPublicHTTPS: Bool { publicURL.lowercased().hasPrefix("https:") }

    /// Scheme, host and port as in an `Origin` header.
    var publicOrigin: String {
        var origin = publicURL.lowercased()
        while origin.hasSuffix("/") { origin.removeLast() }
        return origin
    }

    /// The host alone.
    var publicHost: String {
        let authority = publicOrigin.drop { $0 != "/" }.drop { $0 == "/" }
        guard !authority.hasPrefix("[") else { return String(authority.prefix { $0 != "]" }) + "]" }
        return String(authority.prefix { $0 != ":" && $0 != "/" })
    }

    /// An address of ours as a path, so that it works by whatever name and port the browser knows us; others as they
    /// are.
    func relative(_ url: String) -> String {
        let origin = publicOrigin
        guard url.lowercased().hasPrefix(origin + "/") else { return url }
        return String(url.dropFirst(origin.count))
    }
}
