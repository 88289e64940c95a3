import Annotation

/// How the service writes consequences.
extension Settings {
    static let annotatorHGVS = Setting.flag(
        "annotator.hgvs", true, "Write HGVS names of coding and protein changes.")
    static let annotatorProfile = Setting<OutputProfile>.choice(
        "annotator.profile", .gas, "Which INFO keys results have: CSQ and ours, or those of AnnTools.")
    static let annotatorFormats = Setting<[ConsequenceFormat]>.list(
        "annotator.formats", [.csq], "The fields of INFO with consequences: VEP's CSQ, SnpEff's ANN, bcftools' BCSQ.")
    static let annotatorFields = Setting<[CSQField]>.list(
        "annotator.fields", CSQField.standard, "The fields of CSQ, in this order.")
    static let annotatorSelection = Setting<ConsequenceSelection>.choice(
        "annotator.selection", .all,
        "Which consequences of a record are written: all, or those that VEP's options of these names leave or flag.")
    static let annotatorHaplotypes = Setting.flag(
        "annotator.haplotypes", false, "Also tell what the changes of one phased haplotype do together.")
    static let annotatorUpstreamDistance = Setting.number(
        "annotator.upstream-distance", 5000, in: 0...1_000_000,
        "Variants so many bases before or behind a transcript are called upstream or downstream of it.")

    static let forConsequences: [any AnySetting] = [
        annotatorHGVS, annotatorProfile, annotatorFormats, annotatorFields, annotatorSelection, annotatorHaplotypes,
        annotatorUpstreamDistance,
    ]
}

extension AnnotationOptions {
    /// Takes how consequences are written from the configuration.
    mutating func setConsequences(_ configuration: EffectiveConfiguration) {
        hgvs = configuration[Settings.annotatorHGVS]
        profile = configuration[Settings.annotatorProfile]
        formats = Set(configuration[Settings.annotatorFormats])
        selection = configuration[Settings.annotatorSelection]
        haplotypes = configuration[Settings.annotatorHaplotypes]
        upstreamDistance = configuration[Settings.annotatorUpstreamDistance]
        let chosen = configuration[Settings.annotatorFields]
        // Unless others are named, the engine adds what a selection needs.
        fields = chosen == CSQField.standard ? nil : chosen
    }
}
