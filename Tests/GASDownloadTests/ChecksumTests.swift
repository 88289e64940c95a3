import Foundation
import GASDownload
import Testing

@Suite struct ChecksumTests {
    /// As `md5sum`, `sha256sum` and `sum` print them of a file that holds `abc`.
    @Test(arguments: [
        "900150983cd24fb0d6963f7d28e17f72  a.gz", "900150983CD24FB0D6963F7D28E17F72 *a.gz",
        "900150983cd24fb0d6963f7d28e17f72  ./x/a.gz",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.gz", "16556     1 a.gz",
    ])
    func listsAreUnderstood(line: String) throws {
        let checksum = try #require(Checksum(for: "a.gz", in: "0123  b.gz\n12 1 aa.gz\n\(line)\nnothing\n"))
        let path = NSTemporaryDirectory() + "gas-checksum-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("abc".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try checksum.matches(file: path))
        try Data("abd".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try !checksum.matches(file: path))
    }

    @Test(arguments: ["", "900150983cd24fb0d6963f7d28e17f72  b.gz", "xyz a.gz", "9001  a.gz", "a.gz"])
    func whatIsNotListedHasNone(list: String) {
        #expect(Checksum(for: "a.gz", in: list) == nil)
    }
}
