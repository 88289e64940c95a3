import GAS

/// What keeps archived results.
enum ArchiveKind: String, CaseIterable, Sendable {
    case folder, objects, glacier, vault
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
    static let moversListDelay = Setting.seconds(
        "plans.list-seconds", 10, in: 0...900,
        "So long after a change of plan a list of results may lack some (DynamoDB's indexes are behind by a moment); then they are "
            + "looked through once more.")

    static let archiveStore = Setting.choice(
        "archive.store", ArchiveKind.folder,
        "What keeps archived results: a folder or a bucket of the object store, both compressed; a bucket in S3's class "
            + "Glacier; or a Glacier vault.")
    static let archiveBucket = Setting.requiredText(
        "archive.bucket", "gas-archive", "The bucket of archived results, with archive.store: objects or glacier.")
    static let archiveStorageClass = Setting.requiredText(
        "archive.glacier.storage-class", "GLACIER", "S3's word for the class of storage: GLACIER is Flexible Retrieval."
    )
    static let archiveKeepDays = Setting.number(
        "archive.glacier.keep-days", 1, in: 1...365, "Whole days for which S3 keeps a restored copy.")
    static let archiveVault = Setting.requiredText("archive.vault.name", "gas", "Name of the vault.")
    static let archiveVaultPartBytes = Setting.number(
        "archive.vault.part-bytes", 67_108_864, in: 1_048_576...4_294_967_296,
        "Files with more bytes go to the vault in parts of this size, a power of two.")
    static let archiveVaultParallelParts = Setting.number(
        "archive.vault.parallel-parts", 4, in: 1...64,
        "Parts of one file that are on their way to the vault at the same time.")
    static let archiveVaultInventorySeconds = Setting.seconds(
        "archive.vault.inventory-seconds", 72_000, in: 3600...2_592_000,
        "After so long the vault is asked for a new list of what is in it.")
    static let archiveGlacierSeconds: [(tier: RetrievalTier, setting: Setting<Double>)] = [
        (.expedited, 300), (.standard, 18_000), (.bulk, 43_200),
    ].map { (tier: RetrievalTier, seconds: Double) in
        (
            tier,
            Setting.seconds(
                "archive.glacier.\(tier.rawValue.lowercased())-seconds", seconds, in: 0...604_800,
                "So long \(tier.rawValue) takes at the longest, as people are told, with Glacier and vaults.")
        )
    }
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

    static let forArchive: [any AnySetting] =
        [
            archiverConcurrency, restorerConcurrency, restorerTiers, restorerRetrySeconds, thawerConcurrency,
            moversBatch, moversListDelay,
            archiveStore, archiveBucket, archiveDirectory, archiveStorageClass, archiveKeepDays, archiveVault,
            archiveVaultPartBytes, archiveVaultParallelParts, archiveVaultInventorySeconds, archiveExpeditedSeconds,
            archiveStandardSeconds,
            archiveBulkSeconds, archiveKeepSeconds,
            archiveRefusalShare,
            archiveExpeditedCapacity, archiveExpeditedPeriod,
        ] + archiveGlacierSeconds.map { $0.setting }
}
