/// Which of the entries of a record are written: VEP's options of the same names
/// (https://www.ensembl.org/info/docs/tools/vep/script/vep_other.html#pick).
///
/// The picked entry is that of the transcript that is MANE Select, else MANE Plus Clinical, else canonical, else has the
/// best APPRIS annotation, the best transcript support level, the biotype `protein_coding`, a CCDS identifier, the most
/// severe consequence, the longest translated or else spliced sequence, or else comes first.
public enum ConsequenceSelection: String, CaseIterable, Sendable {
    /// Every entry.
    case all
    /// The picked entry of the record.
    case pick
    /// The picked entry of each allele.
    case pickAllele = "pick_allele"
    /// The picked entry of each gene.
    case perGene = "per_gene"
    /// The picked entry of each allele and gene.
    case pickAlleleGene = "pick_allele_gene"
    /// Every entry; the field `PICK` of the one that `pick` would leave is 1.
    case flagPick = "flag_pick"
    /// Every entry; those that `pickAllele` would leave are flagged.
    case flagPickAllele = "flag_pick_allele"
    /// Every entry; those that `pickAlleleGene` would leave are flagged.
    case flagPickAlleleGene = "flag_pick_allele_gene"
    /// One entry with nothing but the most severe term of the record and the allele that it is of.
    case mostSevere = "most_severe"

    var flagsOnly: Bool { [.flagPick, .flagPickAllele, .flagPickAlleleGene].contains(self) }
    var isPerAllele: Bool { [.pickAllele, .pickAlleleGene, .flagPickAllele, .flagPickAlleleGene].contains(self) }
    var isPerGene: Bool { [.perGene, .pickAlleleGene, .flagPickAlleleGene].contains(self) }
}

/// What makes VEP prefer a transcript whatever the variant does, as one number: the lower, the better.
struct PickRank {
    var isMANESelect = false
    var isMANEPlusClinical = false
    var isCanonical = false
    /// `P1`, `A2`; empty if there is none.
    var appris = ""
    /// 1 to 5; nil if there is none.
    var supportLevel: Int?
    var isProteinCoding = false
    var hasCCDS = false

    /// The rank of what has none of it.
    static let last = PickRank().number

    var number: Int32 {
        // Alternatives come behind all principals; 100 stands for none, as in VEP.
        let grade = Int32(appris.drop { !$0.isNumber }) ?? 0
        let place = grade == 0 ? 100 : min(99, appris.hasPrefix("A") ? grade + 10 : grade)
        var number: Int32 = 0
        func add(_ value: Int32, bits: Int32) { number = number << bits | value }
        add(isMANESelect ? 0 : 1, bits: 1)
        add(isMANEPlusClinical ? 0 : 1, bits: 1)
        add(isCanonical ? 0 : 1, bits: 1)
        add(place, bits: 7)
        add(Int32(min(100, max(1, supportLevel ?? 100))), bits: 7)
        add(isProteinCoding ? 0 : 1, bits: 1)
        add(hasCCDS ? 0 : 1, bits: 1)
        return number
    }
}
