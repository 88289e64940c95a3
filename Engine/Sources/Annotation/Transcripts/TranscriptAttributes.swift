/// What the gene models say of a transcript besides its structure: how well it is supported and which one of its gene
/// stands for the others.
///
/// Ensembl's and GENCODE's GFF3 has `tag=basic,Ensembl_canonical,MANE_Select,appris_principal_1`,
/// `transcript_support_level=1 (assigned to previous version 5)` and `ccdsid=CCDS11453.2` on transcripts; NCBI's has
/// `tag=MANE Select` or `tag=RefSeq Select` on them and `Dbxref=CCDS:CCDS11453.2` on the CDS.
struct TranscriptAttributes: Equatable {
    var isCanonical = false
    var isMANESelect = false
    var isMANEPlusClinical = false
    /// Transcripts of the other set (RefSeq for Ensembl's) that equal this one, where the models name it.
    var equal = ""
    /// `P1` ... `P5`, `A1`, `A2`.
    var appris = ""
    /// 1 to 5.
    var supportLevel: Int?
    var ccds = ""
    /// The protein's identifier as the models write it.
    var protein = ""

    init() {}

    init(transcript: [String: String], coding: [String: String]?) {
        for tag in (transcript["tag"] ?? "").split(separator: ",") { note(tag) }
        supportLevel = transcript["transcript_support_level"].flatMap { Int($0.prefix { $0.isNumber }) }
        ccds = transcript["ccdsid"] ?? coding?["ccdsid"] ?? TranscriptAttributes.reference("CCDS:", in: coding) ?? ""
        protein = coding?["protein_id"] ?? ""
        if isMANESelect || isMANEPlusClinical {
            equal = TranscriptAttributes.reference("Ensembl:", in: transcript) ?? ""
        }
    }

    private mutating func note(_ tag: Substring) {
        switch tag {
        case "Ensembl_canonical", "RefSeq Select": isCanonical = true
        case "MANE_Select": isMANESelect = true
        case "MANE Select":
            // NCBI writes this in the place of `RefSeq Select`.
            isMANESelect = true
            isCanonical = true
        case "MANE_Plus_Clinical", "MANE Plus Clinical": isMANEPlusClinical = true
        default:
            for (name, letter) in [("appris_principal", "P"), ("appris_alternative", "A")] where tag.hasPrefix(name) {
                appris = letter + tag.filter(\.isNumber)
            }
        }
    }

    private static func reference(_ database: String, in attributes: [String: String]?) -> String? {
        attributes?["Dbxref"]?.split(separator: ",").first { $0.hasPrefix(database) }
            .map { String($0.dropFirst(database.count)) }
    }

    func pickRank(biotype: String) -> Int32 {
        PickRank(
            isMANESelect: isMANESelect, isMANEPlusClinical: isMANEPlusClinical, isCanonical: isCanonical,
            appris: appris, supportLevel: supportLevel, isProteinCoding: biotype == "protein_coding",
            hasCCDS: !ccds.isEmpty
        ).number
    }

    /// The fields of CSQ from `CANONICAL` to `ENSP`, joined by `|`.
    var fields: String {
        let accession = equal.isEmpty ? "YES" : equal
        var mane: [String] = []
        if isMANESelect { mane.append("MANE_Select") }
        if isMANEPlusClinical { mane.append("MANE_Plus_Clinical") }
        let texts = [
            isCanonical ? "YES" : "",
            "",
            isMANESelect ? accession : "",
            isMANEPlusClinical ? accession : "",
            supportLevel.map(String.init) ?? "",
            appris, ccds, protein,
        ].map(CSQ.escaped)
        return ([texts[0], mane.joined(separator: "&")] + texts[2...]).joined(separator: "|")
    }
}
