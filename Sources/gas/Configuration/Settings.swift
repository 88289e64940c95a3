import GASMail

/// Every setting there is, by group. `docs/configuration.md` is made from this list.
enum Settings {
    static let dataDirectory = Setting.requiredText(
        "data.directory", "data", "Folder in which everything is kept: database, files, mails, keys.")

    static let webHost = Setting.requiredText(
        "web.host", "127.0.0.1", "Address to listen on. 0.0.0.0 opens the service to the network.")
    static let webPort = Setting.number("web.port", 4433, in: 1...65_535, "Port to listen on.")
    static let webPublicURL = Setting.origin(
        "web.public-url",
        "Address under which people reach the service, used in mails and links. "
            + "Empty: made from scheme, localhost and port.")
    static let webPlainHTTP = Setting.flag(
        "web.plain-http", false, "Speak HTTP instead of HTTPS, behind a proxy that ends TLS.")
    static let webCertificate = Setting.text(
        "web.certificate", "", "PEM file with the certificate chain. Empty: one is made at first start.")
    static let webCertificateDays = Setting.number(
        "web.certificate-days", 397, in: 1...825, "Days for which a certificate made at first start is good.")
    static let webPrivateKey = Setting.text(
        "web.private-key", "", "PEM file with the certificate's private key.")
    static let webJobsPerPage = Setting.number("web.jobs-per-page", 25, in: 1...500, "Jobs on one page of the list.")
    static let webUploadPolicySeconds = Setting.seconds(
        "web.upload-policy-seconds", 3600, in: 10...604_800, "How long a rendered upload form can be used.")
    static let webDownloadLinkSeconds = Setting.seconds(
        "web.download-link-seconds", 300, in: 1...604_800, "How long a download link can be used.")
    static let webBootstrapDirectory = Setting.requiredText(
        "web.bootstrap-directory", "/usr/share/javascript/bootstrap5", "Where Debian's libjs-bootstrap5 is.")
    static let webChartDirectory = Setting.requiredText(
        "web.chart-directory", "/usr/share/javascript/chart.js", "Where Debian's libjs-chart.js is.")
    static let webSampleDirectory = Setting.text(
        "web.sample-directory", "Reference/samples", "Folder of VCF files offered as samples. Empty: none.")

    static let webHeaderBytes = Setting.number(
        "web.header-bytes", 16_384, in: 1024...1_048_576, "Largest head of a request, in bytes.")
    static let webFormBytes = Setting.number(
        "web.form-bytes", 65_536, in: 1024...16_777_216, "Largest form other than an upload, in bytes.")
    static let webUploadFieldBytes = Setting.number(
        "web.upload-field-bytes", 32_768, in: 1024...16_777_216, "Largest field of an upload form, in bytes.")
    static let webUploadFields = Setting.number(
        "web.upload-fields", 40, in: 10...1000, "Most fields of an upload form.")
    static let webRefusedUploadBytes = Setting.number(
        "web.refused-upload-bytes", 67_108_864, in: 0...1_099_511_627_776,
        "So much of a refused upload is still read, so that the browser shows the answer, before the connection is cut."
    )
    static let webSummaryBytes = Setting.number(
        "web.summary-bytes", 8_388_608, in: 1024...1_073_741_824, "Largest summary shown in a page, in bytes.")
    static let webLogBytes = Setting.number(
        "web.log-bytes", 1_048_576, in: 1024...1_073_741_824, "Largest log shown in a page, in bytes.")
    static let webIdleConnectionSeconds = Setting.seconds(
        "web.idle-connection-seconds", 75, in: 1...3600,
        "A connection on which nothing happens is closed after so long.")
    static let webFeedsPerAccount = Setting.number(
        "web.feeds-per-account", 20, in: 1...10_000, "Open live pages that one account may have.")
    static let webFeedRetrySeconds = Setting.seconds(
        "web.feed-retry-seconds", 30, in: 1...3600,
        "After so long a page whose stream of news was refused asks for it again.")
    static let webFeedKeepAliveSeconds = Setting.seconds(
        "web.feed-keep-alive-seconds", 15, in: 1...3600, "Time between two signs of life of a live page.")
    static let webFeedIntervalSeconds = Setting.seconds(
        "web.feed-interval-seconds", 0.2, in: 0...60, "Shortest time between two updates of a live page.")
    static let webStrictTransportSeconds = Setting.number(
        "web.strict-transport-seconds", 31_536_000, in: 0...63_072_000,
        "For so long browsers that were here once will insist on HTTPS; 0 switches it off.")

    static let signInSources = Setting.number(
        "sign-in.sources", 10_000, in: 100...10_000_000,
        "So many accounts and addresses with failed sign-ins are remembered at most.")
    static let shortestPassword = Setting.number(
        "sign-in.shortest-password", 10, in: 8...100, "Characters that a new password must have at least.")
    static let signInTries = Setting.number(
        "sign-in.tries", 10, in: 1...1_000_000,
        "Failed sign-ins of one account from one address within the window before it must wait.")
    static let signInTriesPerAddress = Setting.number(
        "sign-in.tries-per-address", 100, in: 1...1_000_000,
        "Failed sign-ins from one network address within the window before it must wait.")
    static let signInWindowSeconds = Setting.seconds(
        "sign-in.window-seconds", 900, in: 1...86_400, "The window in which failed sign-ins are counted.")

    static let passwordCost = Setting.number(
        "sign-in.password-cost", 15, in: 14...24,
        "Cost of a password hash (scrypt): a power of two; one more doubles time and memory, 15 takes 32 MB.")
    static let passwordConcurrency = Setting.number(
        "sign-in.password-concurrency", 2, in: 1...64, "Passwords hashed at the same time.")

    static let sessionTouchSeconds = Setting.seconds(
        "session.touch-seconds", 60, in: 1...3600,
        "How old the note of a session's last request grows before it is written.")
    static let sessionIdleSeconds = Setting.seconds(
        "session.idle-seconds", 7200, in: 60...31_536_000, "A session ends when it was not used for so long.")
    static let sessionAbsoluteSeconds = Setting.seconds(
        "session.absolute-seconds", 86_400, in: 60...31_536_000, "A session ends so long after sign-in.")

    static let freeName = Setting.requiredText("plans.free.name", "Free", "What people read as the plan's name.")
    static let premiumName = Setting.requiredText(
        "plans.premium.name", "Premium", "What people read as the plan's name.")
    static let freeUploadLimit = Setting.number(
        "plans.free.upload-limit", 153_600, in: 1...1_000_000_000_000, "Largest upload of a Free account, in bytes.")
    static let premiumUploadLimit = Setting.number(
        "plans.premium.upload-limit", 10_737_418_240, in: 1...1_000_000_000_000,
        "Largest upload of a Premium account, in bytes.")
    static let freeConcurrentJobs = Setting.number(
        "plans.free.concurrent-jobs", 250, in: 1...1_000_000,
        "Annotations of a Free account that may wait or run at the same time.")
    static let premiumConcurrentJobs = Setting.number(
        "plans.premium.concurrent-jobs", 2500, in: 1...1_000_000,
        "Annotations of a Premium account that may wait or run at the same time.")

    static let objectsPrefix = Setting.requiredText(
        "objects.prefix", "gas", "First part of the key of every object.")
    static let objectsInputsBucket = Setting.requiredText(
        "objects.inputs-bucket", "gas-inputs", "Bucket of the uploaded files.")
    static let objectsResultsBucket = Setting.requiredText(
        "objects.results-bucket", "gas-results", "Bucket of results, logs and summaries.")
    static let objectsSigningKey = Setting.secret(
        "objects.signing-key",
        "Key that signs upload forms and download links, at least 32 characters. "
            + "Empty: one is made at first start and kept in the data folder.")

    static let queueMaximumReceives = Setting.number(
        "queues.maximum-receives", 100, in: 1...1000, "A message delivered so often moves to the dead letters.")
    static let queueVisibilitySeconds = Setting.seconds(
        "queues.visibility-seconds", 15, in: 1...43_200,
        "For so long a received message is hidden from others; renewed while it is worked on.")
    static let queueWaitSeconds = Setting.seconds(
        "queues.wait-seconds", 20, in: 1...20, "So long one request for messages waits for the first.")
    static let queueBackoffSeconds = Setting.seconds(
        "queues.backoff-seconds", 1, in: 0.01...3600, "Pause before the first retry; it doubles with each delivery.")
    static let queueMaximumBackoffSeconds = Setting.seconds(
        "queues.maximum-backoff-seconds", 300, in: 0.01...43_200, "The longest pause before a retry.")
    static let queueGraceSeconds = Setting.seconds(
        "queues.grace-seconds", 20, in: 0...3600, "So long work may go on when the process is asked to end.")

    static let annotatorConcurrency = Setting.number(
        "annotator.concurrency", 2, in: 1...256, "Jobs annotated at the same time by one process.")
    static let annotatorThreads = Setting.number(
        "annotator.threads", 0, in: 0...256, "Threads for one job; 0 uses all processor cores.")
    static let annotatorLeaseSeconds = Setting.seconds(
        "annotator.lease-seconds", 15, in: 1...43_200,
        "After so long without a sign of life another annotator takes a job over.")
    static let annotatorHeartbeatSeconds = Setting.seconds(
        "annotator.heartbeat-seconds", 1, in: 0.1...3600, "Time between signs of life, which also report progress.")
    static let annotatorMaximumAttempts = Setting.number(
        "annotator.maximum-attempts", 5, in: 1...100, "After so many attempts that crashed or failed a job is failed.")
    static let annotatorReferences = Setting.text(
        "annotator.references", "",
        "Folder of compiled assemblies (NAME.gasref). Empty: 'references' in the data folder.")
    static let annotatorSources = Setting.text(
        "annotator.sources", "Reference",
        "Folder whose subfolders hold assemblies to compile when they are not installed yet, each described by its "
            + "reference.json. Empty: none.")
    static let annotatorMismatchShare = Setting.share(
        "annotator.mismatch-share", 0.1,
        "When a greater share of REF alleles disagrees with the genome, the file is refused as of another assembly.")

    static let annotatorMismatchMinimum = Setting.number(
        "annotator.mismatch-minimum", 20, in: 1...1_000_000,
        "No file is refused so before as many REF alleles were compared.")
    static let annotatorLineLength = Setting.number(
        "annotator.line-length", 67_108_864, in: 1024...1_073_741_824, "Longest line of a VCF, in bytes.")
    static let annotatorColumns = Setting.number(
        "annotator.columns", 1_000_000, in: 8...100_000_000, "Most columns of a VCF.")
    static let annotatorAlternateAlleles = Setting.number(
        "annotator.alternate-alleles", 10_000, in: 1...10_000_000, "Most alternate alleles of one record.")
    static let annotatorDetectionRecords = Setting.number(
        "annotator.detection-records", 2000, in: 1...1_000_000, "Records that decide which assembly a file is of.")
    static let annotatorProblemLimit = Setting.number(
        "annotator.problem-limit", 100, in: 0...1_000_000, "Problems that log and summary list; more are counted.")
    static let annotatorExpansion = Setting.number(
        "annotator.expansion", 1000, in: 10...1_000_000,
        "How many times its own size a packed file may unpack to, beyond the first 256 MiB.")
    static let annotatorAlleleLength = Setting.number(
        "annotator.allele-length", 4_194_304, in: 100...1_000_000_000, "Longest allele of a file, in bases.")
    static let annotatorStructuralLength = Setting.number(
        "annotator.structural-length", 10_000_000, in: 1...4_000_000_000,
        "Longest structural allele that is annotated, in bases; longer ones pass through.")
    static let annotatorWrittenLength = Setting.number(
        "annotator.written-length", 268_435_456, in: 65_536...4_294_967_296,
        "Longest record of a result, in bytes.")
    static let annotatorWrittenSize = Setting.number(
        "annotator.written-size", 4_398_046_511_104, in: 65_536...1_125_899_906_842_624,
        "Largest result before it is packed, in bytes.")
    static let annotatorUnpackedSize = Setting.number(
        "annotator.unpacked-size", 1_099_511_627_776, in: 1024...1_125_899_906_842_624,
        "Largest size of a file after unpacking, in bytes.")

    static let notifierLeaseSeconds = Setting.seconds(
        "notifier.lease-seconds", 30, in: 1...43_200,
        "So long a mail belongs to the notifier that sends it; then another one may.")
    static let notifierConcurrency = Setting.number(
        "notifier.concurrency", 1, in: 1...256, "Mails sent at the same time by one process.")

    static let mailTransport = Setting.choice(
        "mail.transport", MailTransport.outbox,
        "Where mails go: 'outbox' puts them as .eml files into the data folder, 'smtp' sends them, 'ses' sends them by AWS SES."
    )
    static let sesConfigurationSet = Setting.text(
        "mail.ses.configuration-set", "", "SES's name for how bounces and complaints are followed. Empty: none.")
    static let mailSenderName = Setting.requiredText(
        "mail.sender-name", "Genomics Annotation Service", "Who mails are from.")
    static let mailSenderAddress = Setting.requiredText(
        "mail.sender-address", "gas@localhost.localdomain", "The address that mails are from.")
    static let smtpHost = Setting.requiredText("mail.smtp.host", "localhost", "Name of the mail server.")
    static let smtpPort = Setting.number("mail.smtp.port", 587, in: 1...65_535, "Port of the mail server.")
    static let smtpSecurity = Setting.choice(
        "mail.smtp.security", SMTPSettings.Security.starttls,
        "How the connection is encrypted: not at all, by an upgrade, or from the start.")
    static let smtpUser = Setting.text("mail.smtp.user", "", "User name at the mail server. Empty: no sign-in.")
    static let smtpPassword = Setting.secret("mail.smtp.password", "Password at the mail server.")
    static let smtpAuthorities = Setting.text(
        "mail.smtp.authorities", "", "PEM file of certificate authorities to trust instead of the machine's own.")
    static let smtpTimeoutSeconds = Setting.number(
        "mail.smtp.timeout-seconds", 30, in: 1...600, "Longest time for sending one mail, in seconds.")

    static let sweeperIntervalSeconds = Setting.seconds(
        "sweeper.interval-seconds", 60, in: 1...86_400, "Time between two searches for what stands still.")
    static let sweeperPatienceSeconds = Setting.seconds(
        "sweeper.patience-seconds", 60, in: 1...86_400, "A job that stood still for so long gets its message again.")
    static let sweeperBatch = Setting.number(
        "sweeper.batch", 500, in: 1...100_000, "Jobs or objects looked at in one go.")
    static let sweeperOrphanSeconds = Setting.seconds(
        "sweeper.orphan-seconds", 3600, in: 60...31_536_000,
        "A file that belongs to no object is removed after so long.")
    static let sweeperUploadPatienceSeconds = Setting.seconds(
        "sweeper.upload-patience-seconds", 86_400, in: 60...31_536_000,
        "An upload that nobody submitted is removed after so long.")
    static let sweeperHousekeepingSeconds = Setting.seconds(
        "sweeper.housekeeping-seconds", 3600, in: 60...31_536_000,
        "Time between two searches for unsubmitted uploads, ended sessions and orphaned files.")

    static let logLevel = Setting.choice("log.level", LogLevel.info, "The least important messages to log.")
    static let logFormat = Setting.choice(
        "log.format", LogFormat.auto, "'text' for people, 'json' for programs; 'auto' is text in a terminal, else JSON."
    )

    static let logProcess = Setting.text(
        "log.process", "",
        "What each line of the log has as 'process', beside what else it says; a farm gives each of its processes its own."
    )

    /// All of them, in the order of the reference.
    static let all: [any AnySetting] =
        forService + forDatabase + forAWS + forConsequences + forSignIn + forLimits + forPrivacy + forReferences
        + forCommand
        + forQueueNames
        + forArchive + forPayments + forLambda + forFarm + forMetrics + forLogging

    private static let forService: [any AnySetting] = [
        dataDirectory,
        webHost, webPort, webPublicURL, webPlainHTTP, webCertificate, webPrivateKey, webCertificateDays, webJobsPerPage,
        webUploadPolicySeconds, webDownloadLinkSeconds, webBootstrapDirectory, webChartDirectory, webSampleDirectory,
        webHeaderBytes, webFormBytes, webUploadFieldBytes, webUploadFields, webRefusedUploadBytes, webSummaryBytes,
        webLogBytes, webIdleConnectionSeconds, webFeedsPerAccount,
        webFeedKeepAliveSeconds, webFeedRetrySeconds, webFeedIntervalSeconds, webStrictTransportSeconds,
        signInSources, shortestPassword, signInTries, signInTriesPerAddress, signInWindowSeconds, passwordCost,
        passwordConcurrency,
        sessionIdleSeconds, sessionAbsoluteSeconds, sessionTouchSeconds,
        freeName, freeUploadLimit, freeDownloadWindowSeconds, freeConcurrentJobs, premiumName,
        premiumUploadLimit, premiumConcurrentJobs,
        objectsPrefix, objectsInputsBucket, objectsResultsBucket, objectsSigningKey,
        queueMaximumReceives, queueVisibilitySeconds, queueWaitSeconds, queueBackoffSeconds,
        queueMaximumBackoffSeconds, queueGraceSeconds,
        annotatorConcurrency, annotatorThreads, annotatorLeaseSeconds, annotatorHeartbeatSeconds,
        annotatorMaximumAttempts, annotatorReferences, annotatorSources,
        annotatorMismatchShare, annotatorMismatchMinimum, annotatorLineLength,
        annotatorExpansion, annotatorAlleleLength, annotatorStructuralLength,
        annotatorWrittenLength, annotatorWrittenSize,
        annotatorUnpackedSize, annotatorColumns, annotatorAlternateAlleles, annotatorDetectionRecords,
        annotatorProblemLimit,
        notifierConcurrency, notifierLeaseSeconds,
        mailTransport, mailSenderName, mailSenderAddress, smtpHost, smtpPort, smtpSecurity, smtpUser, smtpPassword,
        smtpAuthorities, smtpTimeoutSeconds, sesConfigurationSet,
        sweeperIntervalSeconds, sweeperPatienceSeconds, sweeperBatch, sweeperOrphanSeconds,
        sweeperUploadPatienceSeconds, sweeperHousekeepingSeconds,
    ]

    private static let forLogging: [any AnySetting] = [logLevel, logFormat, logProcess]
}

/// Where mails go.
enum MailTransport: String, Sendable, CaseIterable {
    case outbox, smtp, ses
}

/// How log lines look.
enum LogFormat: String, Sendable, CaseIterable {
    case auto, text, json
}

/// The log levels by the names that swift-log gives them.
enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}
