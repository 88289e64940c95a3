import GAS

/// What keeps archived results.
enum ArchiveKind: String, CaseIterable, Sendable {
    case folder, objects
}

/// The settings of the archive and of who moves results to it and back.
extension Settings {
    static let freeDownloadWindowSeconds = Setting.seconds(
        "plans.free.download-window-seconds", 300, in: 1...31_536_000,
        "So long a Free account can download a result after completion, or after cancelling Premium.")

    static let archiverConcurrency = Setting.number(
        "archiver.concurrency", 2, in: 1...256, "Results moved to the archive at the same time by one process.")
    static let restorerConcurrency = Setting.number(
        "restorer.concurrency", 2, in: 1...256, "Retrievals asked for at the same time by one process.")
    static let restorerTiers = Setting<[RetrievalTier]>.list(
        "restorer.tiers", [.expedited, .standard],
        "The archive's tiers, in the order in which they are asked; when one has no capacity, the next is.")
    static let restorerRetrySeconds = Setting.seconds(
        "restorer.retry-seconds", 3600, in: 1...31_536_000,
        "A result that the archive could not give back is tried again after so many seconds.")
    static let thawerConcurrency = Setting.number(
        "thawer.concurrency", 2, in: 1...256, "Results copied back at the same time by one process.")
    static let moversBatch = Setting.number(
        "plans.batch", 100, in: 1...10_000, "Results of an account looked at in one go when its plan changes.")

    static let archiveStore = Setting.choice(
        "archive.store", ArchiveKind.folder,
        "What keeps archived results: a folder, or a bucket of the object store. Both keep them compressed.")
    static let archiveBucket = Setting.requiredText(
        "archive.bucket", "gas-archive", "The bucket of archived results, with archive.store: objects.")
    static let archiveDirectory = Setting.text(
        "archive.directory", "", "Folder of the archive, which may lie on another disk. Empty: in the data folder.")
    static let archiveExpeditedSeconds = Setting.seconds(
        "archive.expedited-seconds", 180, in: 0...604_800, "So long an Expedited retrieval takes.")
    static let archiveStandardSeconds = Setting.seconds(
        "archive.standard-seconds", 14_400, in: 0...604_800, "So long a Standard retrieval takes.")
    static let archiveBulkSeconds = Setting.seconds(
        "archive.bulk-seconds", 28_800, in: 0...604_800, "So long a Bulk retrieval takes.")
    static let archiveKeepSeconds = Setting.seconds(
        "archive.keep-seconds", 86_400, in: 1...31_536_000, "So long a retrieved copy can be read.")
    static let archiveRefusalShare = Setting.share(
        "archive.expedited-refusal-share", 0, "Share of Expedited retrievals that are refused for want of capacity.")
    static let archiveExpeditedCapacity = Setting.number(
        "archive.expedited-capacity", 0, in: 0...1_000_000,
        "At most so many Expedited retrievals are begun within the period below; 0 for any number.")
    static let archiveExpeditedPeriod = Setting.seconds(
        "archive.expedited-period-seconds", 300, in: 1...86_400, "The period for which that capacity is meant.")

    static let forArchive: [any AnySetting] = [
        archiverConcurrency, restorerConcurrency, restorerTiers, restorerRetrySeconds, thawerConcurrency, moversBatch,
        archiveStore, archiveBucket, archiveDirectory, archiveExpeditedSeconds, archiveStandardSeconds,
        archiveBulkSeconds, archiveKeepSeconds,
        archiveRefusalShare,
        archiveExpeditedCapacity, archiveExpeditedPeriod,
    ]
}
