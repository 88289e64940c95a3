import Foundation
import Testing

@testable import Annotation

/// AnnTools' keys for a record as a whole, and how they get on with the keys that the input has.
@Suite struct AnnToolsKeyTests {
    private static func annotate(_ text: String, _ reference: Reference, _ profile: OutputProfile = .anntools) throws
        -> Annotated
    { try Annotated(text, [reference]) { $0.profile = profile } }

    /// A row of dbSNP for bases of contig `f` (0-based, half-open), or their place on `r`.
    private static func snp(
        _ contig: String, _ start: Int, _ end: Int, _ name: String, _ observed: String, _ kind: String,
        _ frequencies: String
    ) -> String {
        let sequence = Array(contig == "f" ? MadeUpGenome.forward : MadeUpGenome.complement(MadeUpGenome.forward))
        let place = AnnToolsGenome.interval(contig, start, end)
        let from = Int(place.split(separator: "\t")[1])!
        let bases = start == end ? "-" : String(sequence[from..<(from + end - start)])
        let strand = contig == "f" ? "+" : "-"
        return "585\t\(place)\t\(name)\t0\t\(strand)\t\(bases)\t\(bases)\t\(observed)\tgenomic\t\(kind)\tby-1000genomes"
            + "\t0.3\t0.1\tmissense\texact\t1\t\t1\tX,\t\(frequencies)\t\n"
    }

    private static let islands = "585\tf\t900\t1100\tCpG: 16\t200\t16\t120\t16\t60\t0.9\n"

    @Test(arguments: ["f", "r"]) func membershipClassAndFrequencyAreOfTheAllele(contig: String) throws {
        let scratch = try Scratch()
        // Observed as A and G on the gene's strand; the second one is a deletion of the last A of AAA, at its right end.
        let table =
            Self.snp(contig, 6_120, 6_121, "rs1", "A/G", "single", "2\tA,G,\t60,40,\t0.600000,0.400000,")
            + Self.snp(contig, 6_121, 6_122, "rs2", "-/A", "deletion", "0\t\t\t")
        let reference = try AnnToolsGenome.build([(.snp, table)], in: scratch)
        let substitution = MadeUpGenome.record(contig, 6_121, 6_121, "G")
        let other = MadeUpGenome.record(contig, 6_121, 6_121, "C")
        let letters = contig == "f" ? ("G", "T,G") : ("C", "A,C")
        let both = substitution.replacingOccurrences(of: "\t\(letters.0)\t.\t.", with: "\t\(letters.1)\t.\t.")
        // The first A of AAA instead of the last.
        let deletion = MadeUpGenome.record(contig, 6_120, 6_120, "")
        let result = try Self.annotate(MadeUpGenome.header + substitution + other + both + deletion, reference)
        let infos = (0..<4).map(result.info)
        #expect(infos.map { $0["DB"] } == ["", nil, "", ""])
        #expect(infos.map { $0["VC"] } == ["SNV", nil, ".,SNV", "DIV"])
        #expect(infos.map { $0["GMAF"] } == ["0.400000", nil, ".,0.400000", nil])
        #expect(infos.map { $0["SNP_ID"] } == ["rs1", nil, ".,rs1", "rs2"])
        #expect(infos[0]["SNP_VALID"] == "by-1000genomes")
        #expect(
            result.output.contains(
                "##INFO=<ID=DB,Number=0,Type=Flag,Description=\"An alternate allele is in dbSNP (snp hg0)\">"))
        #expect(result.output.contains("##INFO=<ID=VC,Number=A,Type=String,"))
        #expect(result.output.contains("##INFO=<ID=GMAF,Number=A,Type=Float,"))
    }

    @Test func theFirstSourceThatHasAValueCounts() throws {
        let scratch = try Scratch()
        let old = Self.snp("f", 6_120, 6_121, "rs1", "A/G", "single", "0\t\t\t")
        let new = Self.snp("f", 6_120, 6_121, "rs1", "A/G", "single", "2\tA,G,\t9,1,\t0.9,0.1,")
        let sources = try [("snp130", old), ("snp151", new)].map { name, rows in
            ReferenceBuilder.UCSCSource(table: .snp, path: try scratch.write(name, rows), name: name, version: "hg0")
        }
        let fasta = try scratch.write("a.fa", ">f\n\(MadeUpGenome.forward)\n")
        let reference = try ReferenceBuilder(name: "a", fasta: fasta, gff3: nil, ucsc: sources)
            .build(output: scratch.file("a.gasref"))
        let info = try Self.annotate(
            MadeUpGenome.header + MadeUpGenome.record("f", 6_121, 6_121, "G"), reference
        ).info(0)
        #expect(info["VC"] == "SNV")
        #expect(info["GMAF"] == "0.1")
        #expect(info["SNP130_VC"] == "SNV")
        #expect(info["SNP151_GMAF"] == "0.1")
        // Without gene models nothing is said of them.
        #expect(info["positionType"] == nil)
    }

    @Test func tracksHaveAnnToolsNames() throws {
        let scratch = try Scratch()
        let tables: [(UCSCTable, String)] = [
            (.targetScanS, "585\tf\t6100\t6200\tGENE1:miR-7\t85\t+\n"),
            (.hgnc, "symbol\tname\nGENE1\tgene one; the first, of many\n"), (.cytoBand, "f\t0\t9000\tp22.3\tgneg\n"),
            (.tfbsConsSites, "585\tf\t6090\t6130\tV$ARNT_01\t850\t+\t2.10\n"),
        ]
        let reference = try AnnToolsGenome.build(tables, in: scratch)
        let text = MadeUpGenome.header + MadeUpGenome.record("f", 6_121, 6_121, "G")
        let result = try Self.annotate(text, reference)
        let info = result.info(0)
        #expect(info["miRNAsites"] == "GENE1:miR-7")
        #expect(info["HGNC_GeneAnnotation"] == "gene%20one%3B%20the%20first%2C%20of%20many")
        #expect(info["cytoBand"] == "fp22.3")
        #expect(info["tfbsRegion"] == "V$ARNT_01.f.6090.6130")
        #expect(info["targetScanS"] == nil)
        #expect(result.output.contains("##INFO=<ID=miRNAsites,Number=.,Type=String,Description=\"Conserved target"))
        #expect(result.output.contains("(targetScanS hg0)\">"))
        #expect(try Self.annotate(text, reference, .gas).info(0)["targetScanS"] == "GENE1:miR-7")
    }

    /// A key that the input declares for itself keeps its declaration and its values.
    @Test(arguments: ["4.2", "3.3"]) func theInputsOwnKeysStay(version: String) throws {
        let scratch = try Scratch()
        let table = Self.snp("f", 6_120, 6_121, "rs1", "A/G", "single", "2\tA,G,\t60,40,\t0.600000,0.400000,")
        let reference = try AnnToolsGenome.build(
            [(.snp, table), (.cytoBand, "f\t0\t9000\tp22.3\tgneg\n")], in: scratch)
        let declarations =
            version == "3.3"
            ? "##INFO=DB,0,Flag,\"dbSNP membership, build 129\"\n##INFO=name,1,String,\"A sample\"\n"
                + "##INFO=cytoBand,1,String,\"Stain\"\n"
            : "##INFO=<ID=DB,Number=0,Type=Flag,Description=\"dbSNP membership, build 129\">\n"
                + "##INFO=<ID=name,Number=1,Type=String,Description=\"A sample\">\n"
                + "##INFO=<ID=cytoBand,Number=1,Type=String,Description=\"Stain\">\n"
        let input =
            "##fileformat=VCFv\(version)\n" + declarations + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
            + "f\t6121\t.\tA\tG\t.\t.\tname=S1;cytoBand=gpos\nf\t6121\t.\tA\tT\t.\t.\tDB\nf\t1000\t.\t"
            + "\(Array(MadeUpGenome.forward)[999])\tN\t.\t.\tDP=3\n"
        let result = try Self.annotate(input, reference)
        let (first, second) = (result.info(0), result.info(1))
        #expect(first["name"] == "S1")
        #expect(first["cytoBand"] == "gpos")
        #expect(first["GAS_name"] == "NM_1,NR_2")
        #expect(first["GAS_cytoBand"] == "fp22.3")
        #expect(first["DB"] == nil)
        #expect(first["GAS_DB"] == "")
        #expect(first["VC"] == "SNV")
        #expect(second["DB"] == "")
        #expect(second["GAS_DB"] == nil)
        #expect(result.output.contains(declarations))
        #expect(result.output.contains("not under DB, which the input has for itself (snp hg0)\""))
        // Once more is the same as once.
        #expect(try Self.annotate(result.output, reference).output == result.output)
        #expect(Self.stripped(result.output) == input)
    }

    /// The output without the block of our header lines and without the fields that it declares.
    private static func stripped(_ output: String) -> String {
        let lines = output.components(separatedBy: "\n")
        let begin = lines.firstIndex { $0.hasPrefix("##GAS=") } ?? 0
        let end = lines.firstIndex { $0.hasPrefix("#CHROM") } ?? 0
        let ours = lines[begin..<end].compactMap { line in
            line.hasPrefix("##INFO=")
                ? line.dropFirst(7).prefix { $0 != "," }.replacingOccurrences(of: "<ID=", with: "") : nil
        }
        let records = lines[end...].map { line in
            var fields = line.components(separatedBy: "\t")
            if !line.hasPrefix("#") && fields.count > 7 {
                let kept = fields[7].split(separator: ";").filter { !ours.contains(String($0.prefix { $0 != "=" })) }
                fields[7] = kept.isEmpty ? "." : kept.joined(separator: ";")
            }
            return fields.joined(separator: "\t")
        }
        return (lines[..<begin] + records).joined(separator: "\n")
    }

    @Test func oneProfileReplacesTheOther() throws {
        let scratch = try Scratch()
        let tables: [(UCSCTable, String)] = [
            (.targetScanS, "585\tf\t6100\t6200\tGENE1:miR-7\t85\t+\n"), (.cpgIslandExt, Self.islands),
            (.snp, Self.snp("f", 6_120, 6_121, "rs1", "A/G", "single", "0\t\t\t")),
        ]
        let reference = try AnnToolsGenome.build(tables, in: scratch)
        let text =
            "##fileformat=VCFv4.2\n##INFO=<ID=frame,Number=1,Type=Integer,Description=\"Of a film\">\n"
            + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
            + MadeUpGenome.record("f", 6_121, 6_121, "G") + MadeUpGenome.record("f", 1_000, 1_000, "")
        let one = try Self.annotate(text, reference, .gas).output
        let other = try Self.annotate(text, reference).output
        #expect(try Self.annotate(one, reference).output == other)
        #expect(try Self.annotate(other, reference, .gas).output == one)
        #expect(other.contains("GAS_frame=1,."))
        #expect(other.contains(",Profile=anntools,"))
    }

    @Test func everyKeyIsDeclaredWithItsSource() throws {
        let scratch = try Scratch()
        let reference = try AnnToolsGenome.build(in: scratch)
        let result = try Self.annotate(
            MadeUpGenome.header + MadeUpGenome.record("f", 6_121, 6_121, "G"), reference)
        for key in AnnToolsKey.allCases {
            let line =
                "##INFO=<ID=\(key.key),Number=.,Type=\(key.type),Description=\"\(key.description) (refGene-0.txt hg0)\">\n"
            #expect(result.output.contains(line))
        }
        #expect(!result.output.contains("CSQ"))
        #expect(!result.output.contains("ID=DB,"))
    }

    /// The output is what it is for any number of threads and any packing, on real genes of both strands.
    @Test func mitochondrialGenesOfBothStrands() throws {
        let reference = try MtDNA.reference.get()
        // MT-ND6 lies on the light strand: 14,673 is the first base of its start codon. 3,308 is the second one of MT-ND1's.
        let text = MadeUpGenome.header + "MT\t14673\t.\tT\tC\t.\t.\t.\nMT\t3308\t.\tT\tC\t.\t.\t.\n"
        let result = try Self.annotate(text, reference)
        let one = try #require(
            AnnToolsRow.rows(of: result.info(0)).first { $0["name2"] == "MT-ND6" && $0["positionType"] == "CDS" })
        #expect(one["transcriptStrand"] == "-")
        #expect(one["frame"] == "0")
        #expect(one["codonCoord"] == "1")
        #expect(one["referenceCodon"] == "ATG")
        #expect(one["variantCodon"] == "GTG")
        let other = try #require(AnnToolsRow.rows(of: result.info(1)).first { $0["name2"] == "MT-ND1" })
        #expect(other["referenceCodon"] == "ATA")
        #expect(other["variantCodon"] == "ACA")
        #expect(other["referenceAA"] == "Met")
        #expect(other["variantAA"] == "Thr")
        #expect(other["proteinCoordStr"] == "p.M1T")
        #expect(other["spliceDist"] == nil)
    }
}
