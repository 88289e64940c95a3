import Testing

@testable import Annotation

@Suite struct GeneticCodeTests {
    private func amino(_ codon: String, _ code: Int) -> Character {
        let index = codon.utf8.reduce(0) { $0 * 4 + Int(Base.indices[Int($1)]) }
        return Character(Unicode.Scalar(GeneticCode.table(code)[index]))
    }

    @Test(
        arguments: [
            ("ATG", 1, "M"), ("TGA", 1, "*"), ("TGA", 2, "W"), ("AGA", 1, "R"), ("AGA", 2, "*"), ("ATA", 1, "I"),
            ("ATA", 2, "M"),
            ("CTG", 1, "L"), ("CTG", 3, "T"), ("TAA", 11, "*"), ("GGG", 11, "G"),
        ] as [(String, Int, Character)]
    )
    func translates(codon: String, code: Int, expected: Character) {
        #expect(amino(codon, code) == expected)
    }
}
