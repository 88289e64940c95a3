import Foundation

/// A transcript as the gene models' file describes it, before compilation.
struct GeneModel {
    var id: String
    var name: String
    var proteinName = ""
    var gene: String
    var symbol: String
    var symbolSource = ""
    var hgncID = ""
    var biotype: String
    var tags: [String] = []
    var attributes = TranscriptAttributes()
    var contig: Int
    var isForward: Bool
    /// 1-based, closed, ascending.
    var exons: [(start: Int, end: Int)]
    /// Ascending, with GFF3's phase.
    var coding: [(start: Int, end: Int, phase: Int)] = []
    var geneticCode: Int?
    /// Genomic intervals of mature microRNAs.
    var mature: [(start: Int, end: Int)] = []

    var start: Int { exons.first?.start ?? 0 }
    var end: Int { exons.last?.end ?? 0 }
}

/// Makes gene models out of GFF3 features, of Ensembl's and of NCBI's kind.
///
/// - A feature with exons below it is a transcript, whatever its type (`mRNA`, `lncRNA`, `tRNA`, ...).
/// - A gene with a CDS and no transcript (viruses, bacteria, organelles in NCBI's files) yields one transcript for each
///   CDS identifier, whose exons are the CDS segments.
/// - Segments of one CDS that overlap or abut are ribosomal slippage: the bases are read in the order of the segments.
struct GeneModelAssembler {
    private let features: [GFF3Feature]
    private let geneticCodes: [Int: Int]
    private var indexByID: [String: Int] = [:]
    private var exonsByParent: [String: [Int]] = [:]
    private var codingByParent: [String: [Int]] = [:]
    private var matureByParent: [String: [Int]] = [:]
    private var parentsWithTranscripts: Set<String> = []

    /// - Parameter geneticCodes: the code of a whole contig, by its number.
    init(features: [GFF3Feature], geneticCodes: [Int: Int]) {
        self.features = features
        self.geneticCodes = geneticCodes
        for (index, feature) in features.enumerated() {
            switch feature.type {
            case "exon": for parent in feature.parents { exonsByParent[parent, default: []].append(index) }
            case "CDS": for parent in feature.parents { codingByParent[parent, default: []].append(index) }
            case "mature_protein_region_of_CDS": break
            default:
                if let id = feature.id, indexByID[id] == nil { indexByID[id] = index }
                if feature.type == "miRNA" && feature.parents.contains(where: { !$0.contains("gene") }) {
                    for parent in feature.parents { matureByParent[parent, default: []].append(index) }
                }
            }
        }
        for (id, index) in indexByID where exonsByParent[id] != nil || codingByParent[id] != nil {
            for parent in features[index].parents { parentsWithTranscripts.insert(parent) }
        }
    }

    /// All transcripts, in the order of the file.
    func assemble() -> [GeneModel] {
        var models: [GeneModel] = []
        for (index, feature) in features.enumerated() {
            guard let id = feature.id, indexByID[id] == index else { continue }
            let exons = exonsByParent[id]
            let coding = codingByParent[id]
            if exons == nil && coding == nil { continue }
            let isGene = feature.parents.isEmpty
            if isGene && parentsWithTranscripts.contains(id) && exons == nil && !hasOwnCoding(id) { continue }
            if isGene && exons == nil {
                models += codingOnlyModels(of: feature, segments: coding ?? [])
            } else {
                models.append(model(of: feature, exons: exons ?? coding ?? [], coding: coding ?? []))
            }
        }
        return models
    }

    private func hasOwnCoding(_ id: String) -> Bool { codingByParent[id] != nil }

    /// A gene whose CDS hang directly below it: one transcript for each CDS identifier.
    private func codingOnlyModels(of gene: GFF3Feature, segments: [Int]) -> [GeneModel] {
        var order: [String] = []
        var byID: [String: [Int]] = [:]
        for index in segments {
            let id = features[index].id ?? "CDS:\(gene.id ?? "")"
            if byID[id] == nil { order.append(id) }
            byID[id, default: []].append(index)
        }
        return order.map { id in
            let segments = byID[id]!
            var model = model(of: gene, exons: segments, coding: segments)
            let attributes = features[segments[0]].attributes
            let name = attributes["protein_id"] ?? attributes["Name"] ?? stripped(id)
            model.id = name
            model.name = name
            model.proteinName = name
            model.biotype = "protein_coding"
            return model
        }
    }

    private func model(of feature: GFF3Feature, exons: [Int], coding: [Int]) -> GeneModel {
        let gene = feature.parents.lazy.compactMap { indexByID[$0] }.first.map { features[$0] } ?? feature
        let attributes = feature.attributes
        let id = attributes["transcript_id"] ?? stripped(feature.id ?? "")
        var model = GeneModel(
            id: id,
            name: versioned(id, attributes["version"]),
            gene: gene.attributes["gene_id"] ?? ncbiGene(gene) ?? stripped(gene.id ?? ""),
            symbol: gene.attributes["Name"] ?? gene.attributes["gene"] ?? "",
            biotype: biotype(feature, gene),
            contig: feature.contig,
            isForward: feature.isForward,
            exons: intervals(exons)
        )
        model.tags = (attributes["tag"] ?? "").split(separator: ",").map(String.init)
        model.attributes = TranscriptAttributes(
            transcript: attributes, coding: coding.first.map { features[$0].attributes })
        (model.symbolSource, model.hgncID) = symbolSource(gene.attributes)
        model.coding = coding.map { (features[$0].start, features[$0].end, features[$0].phase ?? 0) }
            .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
        model.mature = intervals(matureByParent[feature.id ?? ""] ?? [])
        if let first = coding.first {
            let attributes = features[first].attributes
            let protein = attributes["protein_id"] ?? stripped(attributes["ID"] ?? "")
            model.proteinName = versioned(protein, attributes["protein_version"] ?? attributes["version"])
            model.geneticCode = attributes["transl_table"].flatMap(Int.init) ?? geneticCodes[feature.contig]
        }
        return model
    }

    private func intervals(_ indices: [Int]) -> [(start: Int, end: Int)] {
        indices.map { (features[$0].start, features[$0].end) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }

    /// Ensembl writes `transcript:ENST...`, NCBI `rna-NM_...`; the bare name is what people know.
    private func stripped(_ id: String) -> String {
        for prefix in ["transcript:", "gene:", "CDS:", "rna-", "gene-", "cds-", "id-"] where id.hasPrefix(prefix) {
            return String(id.dropFirst(prefix.count))
        }
        return id
    }

    private func versioned(_ id: String, _ version: String?) -> String {
        guard let version, !version.isEmpty, !id.isEmpty else { return id }
        if let point = id.lastIndex(of: "."), id[id.index(after: point)...].allSatisfy(\.isNumber) { return id }
        return id + "." + version
    }

    private func biotype(_ feature: GFF3Feature, _ gene: GFF3Feature) -> String {
        if let biotype = feature.attributes["biotype"] ?? feature.attributes["transcript_biotype"] { return biotype }
        if feature.type == "mRNA" { return "protein_coding" }
        if ["transcript", "primary_transcript", "gene", "pseudogene"].contains(feature.type) {
            return gene.attributes["biotype"] ?? gene.attributes["gene_biotype"] ?? "misc_RNA"
        }
        return feature.type == "lnc_RNA" ? "lncRNA" : feature.type
    }

    /// NCBI's GeneID, from `Dbxref=GeneID:672,HGNC:HGNC:1100`.
    private func ncbiGene(_ gene: GFF3Feature) -> String? {
        reference("GeneID:", in: gene.attributes)
    }

    private func reference(_ database: String, in attributes: [String: String]) -> String? {
        attributes["Dbxref"]?.split(separator: ",").first { $0.hasPrefix(database) }
            .map { String($0.dropFirst(database.count)) }
    }

    /// Ensembl: `description=... [Source:HGNC Symbol;Acc:HGNC:1100]`. NCBI: `Dbxref=...,HGNC:HGNC:1100`.
    private func symbolSource(_ attributes: [String: String]) -> (source: String, hgnc: String) {
        if let hgnc = reference("HGNC:", in: attributes) { return ("HGNC", hgnc) }
        guard let description = attributes["description"], let open = description.range(of: "[Source:") else {
            return ("", "")
        }
        let inside = description[open.upperBound...].prefix { $0 != "]" }
        let parts = inside.components(separatedBy: ";Acc:")
        let source = parts[0].split(separator: " ").first.map(String.init) ?? ""
        return (source, source == "HGNC" && parts.count > 1 ? parts[1] : "")
    }
}
