import Annotation
import ArgumentParser
import GAS

/// What `gas annotate` writes beside and instead of the usual, as flags with VEP's names where VEP has them.
struct AnnotationFlags: ParsableArguments {
    @Flag(help: "Write HGVS names of coding and protein changes. (The setting annotator.hgvs is the service's.)")
    var hgvs = false

    @Flag(help: "Add the field HGVSg to CSQ: the allele on its contig.")
    var hgvsg = false

    @Option(help: "The fields of CSQ, separated by commas, such as Allele,Consequence,SYMBOL,CANONICAL,MANE_SELECT.")
    var fields: String?

    @Flag(help: "Write one entry of CSQ for each record, picked in VEP's order.")
    var pick = false

    @Flag(help: "Write one entry of CSQ for each allele, picked in VEP's order.")
    var pickAllele = false

    @Flag(help: "Write every entry of CSQ, and PICK=1 in the one that --pick would leave.")
    var flagPick = false

    @Flag(help: "Write nothing but the most severe consequence of each record.")
    var mostSevere = false

    @Option(help: "How far upstream and downstream of a transcript reach, in bases: BOTH, or UPSTREAM,DOWNSTREAM.")
    var distance: String?

    @Flag(help: "Write ANN too, SnpEff's field.")
    var ann = false

    @Flag(help: "Write BCSQ too, the field of bcftools csq.")
    var bcsq = false

    @Flag(inversion: .prefixedNo, help: "Write CSQ.")
    var csq = true

    @Flag(help: "Add GAS_HAP: what the changes of one phased haplotype do together.")
    var haplotypes = false

    @Option(help: "gas, or anntools: the INFO keys of AnnTools in place of CSQ.")
    var profile: OutputProfile = .gas

    @Flag(help: "Write a tabix index beside an output that ends in .vcf.gz.")
    var index = false

    @Option(help: "Write here which records were not annotated, and why, as a table.")
    var problems: String?

    func validate() throws {
        guard csq || ann || bcsq || profile == .anntools else {
            throw ValidationError("Without CSQ there must be another field: give '--ann' or '--bcsq' too.")
        }
        guard [pick, pickAllele, flagPick, mostSevere].filter({ $0 }).count < 2 else {
            throw ValidationError("Of '--pick', '--pick-allele', '--flag-pick' and '--most-severe', give one.")
        }
    }

    /// Puts the flags over what the configuration says.
    /// - Throws: `invalid` for a field that does not exist and for a distance that is none.
    func apply(to options: inout AnnotationOptions) throws {
        options.hgvs = hgvs
        options.hgvsGenomic = hgvsg
        options.haplotypes = haplotypes
        options.profile = profile
        options.writesIndex = index
        options.problemsPath = problems
        options.selection = selection
        options.formats = Set([csq ? .csq : nil, ann ? .ann : nil, bcsq ? .bcsq : nil].compactMap { $0 })
        if let fields { options.fields = try CSQField.list(fields) }
        guard let distance else { return }
        let parts = distance.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count < 3, let upstream = parts[0], let downstream = parts.last.flatMap({ $0 }),
            upstream >= 0, downstream >= 0
        else { throw GASError(.invalid, "The distance '\(distance)' is not a number of bases, or two with a comma.") }
        options.upstreamDistance = upstream
        options.downstreamDistance = downstream
    }

    private var selection: ConsequenceSelection {
        if pick { return .pick }
        if pickAllele { return .pickAllele }
        if flagPick { return .flagPick }
        return mostSevere ? .mostSevere : .all
    }
}

extension OutputProfile: @retroactive ExpressibleByArgument {}
