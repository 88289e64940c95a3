/// An assembly of the human genome: what files call it, and the lengths and accessions by which its chromosomes are told
/// from those of another one (NCBI's assembly reports GCF_000001405.12, .13 and .26 and GCF_009914755.1).
struct HumanAssembly: Sendable {
    let name: String
    /// What `##reference` and other header lines may call it, in lower case.
    let words: [String]
    /// Of chromosomes 1 to 22, X and Y, in bases.
    let lengths: [Int]
    /// Versions of RefSeq's accessions `NC_000001` (chromosome 1) to `NC_000024` (Y); empty if it has others.
    private let versions: [Int]
    /// The version of INSDC's accessions `CM000663` (chromosome 1) to `CM000686` (Y); nil if it has others.
    private let insdcVersion: Int?

    static let all = [
        HumanAssembly(
            name: "NCBI36 (hg18)", words: ["ncbi36", "b36", "hg18", "build36", "build 36"],
            lengths: [
                247_249_719, 242_951_149, 199_501_827, 191_273_063, 180_857_866, 170_899_992, 158_821_424, 146_274_826,
                140_273_252, 135_374_737, 134_452_384, 132_349_534, 114_142_980, 106_368_585, 100_338_915, 88_827_254,
                78_774_742, 76_117_153, 63_811_651, 62_435_964, 46_944_323, 49_691_432, 154_913_754, 57_772_954,
            ],
            versions: [9, 10, 10, 10, 8, 10, 12, 9, 10, 9, 8, 10, 9, 7, 8, 8, 9, 8, 8, 9, 7, 9, 9, 8],
            insdcVersion: nil
        ),
        HumanAssembly(
            name: "GRCh37 (hg19)", words: ["grch37", "b37", "hg19", "hs37", "g1k_v37", "build37"],
            lengths: [
                249_250_621, 243_199_373, 198_022_430, 191_154_276, 180_915_260, 171_115_067, 159_138_663, 146_364_022,
                141_213_431, 135_534_747, 135_006_516, 133_851_895, 115_169_878, 107_349_540, 102_531_392, 90_354_753,
                81_195_210, 78_077_248, 59_128_983, 63_025_520, 48_129_895, 51_304_566, 155_270_560, 59_373_566,
            ],
            versions: [10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9],
            insdcVersion: 1
        ),
        HumanAssembly(
            name: "GRCh38 (hg38)", words: ["grch38", "b38", "hg38", "hs38"],
            lengths: [
                248_956_422, 242_193_529, 198_295_559, 190_214_555, 181_538_259, 170_805_979, 159_345_973, 145_138_636,
                138_394_717, 133_797_422, 135_086_622, 133_275_309, 114_364_328, 107_043_718, 101_991_189, 90_338_345,
                83_257_441, 80_373_285, 58_617_616, 64_444_167, 46_709_983, 50_818_468, 156_040_895, 57_227_415,
            ],
            versions: [11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10],
            insdcVersion: 2
        ),
        HumanAssembly(
            name: "T2T-CHM13", words: ["chm13", "t2t"],
            lengths: [
                248_387_328, 242_696_752, 201_105_948, 193_574_945, 182_045_439, 172_126_628, 160_567_428, 146_259_331,
                150_617_247, 134_758_134, 135_127_769, 133_324_548, 113_566_686, 101_161_492, 99_753_195, 96_330_374,
                84_276_897, 80_542_538, 61_707_364, 66_210_255, 45_090_682, 51_324_926, 154_259_566, 62_460_029,
            ],
            versions: [], insdcVersion: nil
        ),
    ]

    /// `1` ... `22`, `X`, `Y`.
    static let chromosomes = (1...22).map(String.init) + ["X", "Y"]

    /// The accessions of a chromosome (0 is chromosome 1), RefSeq's first.
    func accessions(_ chromosome: Int) -> [String] {
        if versions.isEmpty { return ["NC_\(HumanAssembly.padded(60_925 + chromosome)).1"] }
        let refSeq = "NC_\(HumanAssembly.padded(chromosome + 1)).\(versions[chromosome])"
        return [refSeq] + (insdcVersion.map { ["CM\(HumanAssembly.padded(663 + chromosome)).\($0)"] } ?? [])
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// Which chromosome of which assembly an accession with version is; nil if it is none of them.
    static func find(accession: String) -> (assembly: HumanAssembly, chromosome: Int)? { byAccession[accession] }

    /// Which assembly has a chromosome of this name, such as `chr1` or `1`, and length; nil if none has.
    static func find(name: String, length: Int) -> (assembly: HumanAssembly, chromosome: Int)? {
        guard let chromosome = chromosomes.firstIndex(of: name.hasPrefix("chr") ? String(name.dropFirst(3)) : name),
            let assembly = all.first(where: { $0.lengths[chromosome] == length })
        else { return nil }
        return (assembly, chromosome)
    }

    private static let byAccession: [String: (assembly: HumanAssembly, chromosome: Int)] = {
        var found: [String: (assembly: HumanAssembly, chromosome: Int)] = [:]
        for assembly in all {
            for chromosome in chromosomes.indices {
                for accession in assembly.accessions(chromosome) { found[accession] = (assembly, chromosome) }
            }
        }
        return found
    }()
}
