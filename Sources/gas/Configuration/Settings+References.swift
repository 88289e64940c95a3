/// Where assemblies are downloaded from.
extension Settings {
    static let referencesEnsemblURL = Setting.requiredText(
        "references.ensembl-url", "https://ftp.ensembl.org/pub", "Where Ensembl's files are.")
    static let referencesNCBIURL = Setting.requiredText(
        "references.ncbi-url", "https://ftp.ncbi.nlm.nih.gov", "Where NCBI's files are.")
    static let referencesUCSCURL = Setting.requiredText(
        "references.ucsc-url", "https://hgdownload.soe.ucsc.edu", "Where UCSC's files are.")
    static let referencesRetries = Setting.number(
        "references.retries", 10, in: 0...1000, "How often a download that broke off is gone on with.")
    static let referencesBackoffSeconds = Setting.seconds(
        "references.backoff-seconds", 2, in: 0.01...600, "The pause before that; it doubles each time.")
    static let referencesTimeoutSeconds = Setting.seconds(
        "references.timeout-seconds", 86_400, in: 1...604_800, "Longest time for one download.")

    static let forReferences: [any AnySetting] = [
        referencesEnsemblURL, referencesNCBIURL, referencesUCSCURL, referencesRetries, referencesBackoffSeconds,
        referencesTimeoutSeconds,
    ]
}
