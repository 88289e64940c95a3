/// A translation table of NCBI (https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi), by its number.
enum GeneticCode {
    /// Amino acids in NCBI's order of codons: each base runs T, C, A, G; the first base slowest.
    private static let tables: [Int: String] = [
        1: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        2: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG",
        3: "FFLLSSSSYY**CCWWTTTTPPPPHHQQRRRRIIMMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        4: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        5: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSSSVVVVAAAADDEEGGGG",
        11: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    ]

    /// The numbers of the tables that are known here.
    static var known: [Int] { tables.keys.sorted() }

    /// Codes in which the poly-A tail may complete a stop codon (animal mitochondria).
    static func completesStopWithTail(_ number: Int) -> Bool { number == 2 || number == 5 }

    /// 64 amino acids, indexed by base indices of A C G T: `16 * first + 4 * second + third`.
    static func table(_ number: Int) -> [UInt8] {
        let letters = Array((tables[number] ?? tables[1]!).utf8)
        let ncbiOrder = [2, 1, 3, 0]
        var table = [UInt8](repeating: 0, count: 64)
        for first in 0..<4 {
            for second in 0..<4 {
                for third in 0..<4 {
                    table[first * 16 + second * 4 + third] =
                        letters[ncbiOrder[first] * 16 + ncbiOrder[second] * 4 + ncbiOrder[third]]
                }
            }
        }
        return table
    }
}

/// All genetic codes at fixed addresses.
struct GeneticCodes: @unchecked Sendable {
    static let shared = GeneticCodes()
    private let tables: UnsafePointer<UInt8>

    private init() {
        let place = UnsafeMutablePointer<UInt8>.allocate(capacity: 32 * 64)
        place.initialize(repeating: UInt8(ascii: "X"), count: 32 * 64)
        for number in GeneticCode.known {
            for (codon, letter) in GeneticCode.table(number).enumerated() { place[number * 64 + codon] = letter }
        }
        tables = UnsafePointer(place)
    }

    /// The 64 amino acids of a table; see ``GeneticCode/table(_:)``.
    func table(_ number: Int) -> UnsafePointer<UInt8> { tables + 64 * number }
}
