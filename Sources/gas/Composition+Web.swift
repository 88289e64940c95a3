import Foundation
import GAS
import GASEmbedded
import GASIdentity
import GASWeb

extension Composition {
    /// What the web server is told.
    /// - Parameter assemblies: one line about each installed assembly.
    func webSettings(assemblies: @escaping @Sendable () -> [String]) throws -> WebSettings {
        var settings = WebSettings()
        settings.host = configuration[Settings.webHost]
        settings.port = configuration[Settings.webPort]
        settings.publicURL = publicURL
        settings.tls = configuration[Settings.webPlainHTTP] ? nil : try tlsFiles()
        settings.sessionIdleSeconds = configuration[Settings.sessionIdleSeconds]
        settings.sessionAbsoluteSeconds = configuration[Settings.sessionAbsoluteSeconds]
        settings.sessionTouchSeconds = configuration[Settings.sessionTouchSeconds]
        settings.signInSources = configuration[Settings.signInSources]
        settings.announcementSeconds = configuration[Settings.webAnnouncementSeconds]
        settings.feedRetrySeconds = configuration[Settings.webFeedRetrySeconds]
        settings.signInTries = configuration[Settings.signInTries]
        settings.signInTriesPerAddress = configuration[Settings.signInTriesPerAddress]
        settings.hasLocalAccounts = configuration[Settings.hasLocalAccounts]
        settings.confirmationMails = configuration[Settings.confirmationMails]
        settings.confirmsAddresses = configuration[Settings.confirmsAddresses]
        settings.resetMails = configuration[Settings.resetMails]
        settings.resetsPerAddress = configuration[Settings.resetsPerAddress]
        settings.signInWindowSeconds = configuration[Settings.signInWindowSeconds]
        settings.inputsBucket = configuration[Settings.objectsInputsBucket]
        settings.keyPrefix = configuration[Settings.objectsPrefix]
        settings.uploadPolicySeconds = configuration[Settings.webUploadPolicySeconds]
        settings.downloadLinkSeconds = configuration[Settings.webDownloadLinkSeconds]
        settings.jobsPerPage = configuration[Settings.webJobsPerPage]
        settings.fragmentBytes = configuration[Settings.webFragmentBytes]
        settings.fragmentSeconds = configuration[Settings.webFragmentSeconds]
        settings.assemblies = assemblies
        settings.sampleDirectory = sampleDirectory
        settings.uploadFieldBytes = configuration[Settings.webUploadFieldBytes]
        settings.uploadFields = configuration[Settings.webUploadFields]
        settings.refusedUploadBytes = configuration[Settings.webRefusedUploadBytes]
        settings.summaryBytes = configuration[Settings.webSummaryBytes]
        settings.logBytes = configuration[Settings.webLogBytes]
        settings.feedsPerAccount = configuration[Settings.webFeedsPerAccount]
        settings.feedKeepAliveSeconds = configuration[Settings.webFeedKeepAliveSeconds]
        settings.feedIntervalSeconds = configuration[Settings.webFeedIntervalSeconds]
        settings.headerBytes = configuration[Settings.webHeaderBytes]
        settings.formBytes = configuration[Settings.webFormBytes]
        settings.trustedProxies = configuration[Settings.webTrustedProxies]
        settings.requestsPerAccount = configuration[Settings.webRequestsPerAccount]
        settings.requestsPerAddress = configuration[Settings.webRequestsPerAddress]
        settings.requestWindowSeconds = configuration[Settings.webRequestWindowSeconds]
        settings.signUpsPerAddress = configuration[Settings.signUpsPerAddress]
        settings.signUpWindowSeconds = configuration[Settings.signUpWindowSeconds]
        settings.headSeconds = configuration[Settings.webHeadSeconds]
        settings.bodyPeriodBytes = configuration[Settings.webBodyPeriodBytes]
        settings.bodyPeriodSeconds = configuration[Settings.webBodyPeriodSeconds]
        settings.rowsPerPage = configuration[Settings.webRowsPerPage]
        settings.strictTransportSubdomains = configuration[Settings.webStrictTransportSubdomains]
        settings.exportDirectory = folders.exports
        settings.inputRetentionDays = configuration[Settings.inputDays]
        settings.recipients = configuration.recipients(providers: try identityProviders.map(\.title))
        settings.contact = configuration[Settings.contact]
        settings.idleConnectionSeconds = configuration[Settings.webIdleConnectionSeconds]
        settings.strictTransportSeconds = configuration[Settings.webStrictTransportSeconds]
        settings.bootstrapDirectory = ShippedFolder.path(configuration, Settings.webBootstrapDirectory)
        settings.chartDirectory = ShippedFolder.path(configuration, Settings.webChartDirectory)
        settings.version = Gas.version
        return settings
    }

    /// What must work before the web server can answer.
    var readinessChecks: [WebServices.ReadinessCheck] {
        let (jobs, objects, queue) = (jobs, objects, messaging.requestQueue)
        let nobody = AccountID(rawValue: "readiness")
        // Outside the prefix of all keys, where the sweeper does not look.
        let probe = ObjectLocation(bucket: configuration[Settings.objectsInputsBucket], key: "readiness")
        let content = Data("ready".utf8)
        return [
            .init(name: "jobs") { _ = try await jobs.counts(of: nobody) },
            .init(name: "queues") { _ = try await queue.depth() },
            .init(name: "objects") {
                _ = try await objects.put(content, at: probe)
                guard try await objects.get(probe, limit: content.count) == content else {
                    throw GASError(.corrupted, "The object store gave other bytes than it was given.")
                }
            },
        ]
    }

    func tlsFiles() throws -> WebSettings.TLSFiles {
        let chain = configuration[Settings.webCertificate]
        let key = configuration[Settings.webPrivateKey]
        if !chain.isEmpty { return .init(certificateChain: chain, privateKey: key) }
        let own = try SelfSignedCertificate(
            directory: folders.tls, days: configuration[Settings.webCertificateDays], now: clock.now)
        return .init(certificateChain: own.certificatePath, privateKey: own.privateKeyPath)
    }

    /// The configured folder of samples. Without the repository the standard one is not there, which is no mistake.
    private var sampleDirectory: String? {
        let folder = ShippedFolder.path(configuration, Settings.webSampleDirectory)
        let isStandard = configuration[Settings.webSampleDirectory] == Settings.webSampleDirectory.defaultText
        if folder.isEmpty || (isStandard && !FileManager.default.fileExists(atPath: folder)) { return nil }
        return folder
    }
}
