/// A made-up genome of four kilobases: a straight contig with a gene on each strand, of two exons each, and a circle
/// with a gene over its origin.
enum Genome {
    static let straight: String = {
        var state: UInt64 = 42
        func random(_ count: Int) -> String {
            String(
                (0..<count).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return Array("ACGT")[Int(state >> 60) & 3]
                })
        }
        return random(1_000) + "GGCTCAGTCCATGGCTTGGAAACTGCAGGATTGTCCATATGTAAGC" + random(73)
            + "CTTCTGATCTTGTCCTGACAGGGTAGCTTCAACGAAATCCGTACCTGCTAACTTGACCTAGCATTGGACTTGACGGATCCA"
            + String(repeating: "CAG", count: 30) + random(500) + String(repeating: "N", count: 50) + random(800)
    }()
    static let circle = String(straight.dropFirst(990).prefix(600))
    static let fasta = ">1 straight\n\(straight)\n>M circle\n\(circle)\n"

    static let gff3 =
        "##gff-version 3\n"
        + "1\tx\tgene\t1001\t1300\t.\t+\t.\tID=gene:A;Name=A;biotype=protein_coding\n"
        + "1\tx\tmRNA\t1001\t1300\t.\t+\t.\tID=transcript:A1;Parent=gene:A;biotype=protein_coding\n"
        + "1\tx\texon\t1001\t1040\t.\t+\t.\tParent=transcript:A1\n1\tx\texon\t1141\t1300\t.\t+\t.\tParent=transcript:A1\n"
        + "1\tx\tCDS\t1011\t1040\t.\t+\t0\tID=CDS:A1;Parent=transcript:A1;protein_id=A1P\n"
        + "1\tx\tCDS\t1141\t1170\t.\t+\t0\tID=CDS:A1;Parent=transcript:A1;protein_id=A1P\n"
        + "1\tx\tgene\t1201\t1900\t.\t-\t.\tID=gene:B;Name=B;biotype=protein_coding\n"
        + "1\tx\tmRNA\t1201\t1900\t.\t-\t.\tID=transcript:B1;Parent=gene:B;biotype=protein_coding\n"
        + "1\tx\texon\t1201\t1500\t.\t-\t.\tParent=transcript:B1\n1\tx\texon\t1520\t1900\t.\t-\t.\tParent=transcript:B1\n"
        + "1\tx\tCDS\t1300\t1500\t.\t-\t0\tID=CDS:B1;Parent=transcript:B1\n"
        + "1\tx\tCDS\t1520\t1620\t.\t-\t2\tID=CDS:B1;Parent=transcript:B1\n"
        + "M\tx\tregion\t1\t600\t.\t+\t.\tID=M:1;Is_circular=true;transl_table=2;Alias=MT\n"
        + "M\tx\tgene\t11\t130\t.\t+\t.\tID=gene:C;Name=C;biotype=lncRNA\n"
        + "M\tx\ttRNA\t11\t130\t.\t+\t.\tID=transcript:C1;Parent=gene:C;biotype=lncRNA\n"
        + "M\tx\texon\t11\t130\t.\t+\t.\tParent=transcript:C1\n"

    static let known =
        "##fileformat=VCFv4.2\n##INFO=<ID=AF,Number=A,Type=Float,Description=\"x\">\n"
        + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t1015\trs1\tC\tA,T\t.\t.\tAF=0.1,0.2\n1\t1305\trs2\tC\tCCAG\t.\t.\t.\n"

    static let regions = "1\t1000\t1100\tfirst\n1\t1050\t1700\tsecond\nM\t500\t600\tthird\n"

    /// Variants of each kind on all genes, for references that a fuzzed file became part of.
    static let variants: String = {
        var text = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        let bases = Array(straight)
        for position in stride(from: 985, to: 1_950, by: 17) {
            let first = bases[position - 1]
            let other = first == "A" ? "C" : "A"
            text += "1\t\(position)\t.\t\(first)\t\(other),\(first)CAG\t.\t.\t.\n"
            text += "1\t\(position)\t.\t\(String(bases[(position - 1)...(position + 4)]))\t\(first)\t.\t.\t.\n"
        }
        let ring = Array(circle)
        for position in [1, 2, 12, 130, 599, 600] {
            text += "M\t\(position)\t.\t\(ring[position - 1])\tG\(ring[position - 1])\t.\t.\t.\n"
        }
        return text
    }()
}
