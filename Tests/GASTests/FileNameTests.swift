import GAS
import Testing

@Suite struct FileNameTests {
    @Test(arguments: [
        ("free_1.vcf", "free_1.vcf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\my file.vcf", "my file.vcf"),
        ("..", "upload.vcf"),
        (".hidden.vcf", "hidden.vcf"),
        ("", "upload.vcf"),
        ("a\u{0}b\r\nc\u{202E}.vcf", "abc.vcf"),
        ("\"quoted\" 'name'.vcf", "\"quoted\" 'name'.vcf"),
        ("e\u{301}té – 变异.vcf", "été – 变异.vcf"),
        ("a~b.vcf", "ab.vcf"),
    ])
    func isMadeSafe(_ name: String, _ safe: String) {
        #expect(FileName.safe(name) == safe)
    }

    @Test(arguments: ["a", "é", "变", "👩‍🔬"])
    func longNamesKeepTheirEnding(_ character: String) {
        let name = FileName.safe(String(repeating: character, count: 5_000) + ".vcf.gz")
        #expect(name.utf8.count <= FileName.maximumBytes)
        #expect(name.hasSuffix(".vcf.gz"))
        #expect(FileName.safe(name) == name)
    }

    @Test(arguments: [
        ("a.vcf", "a"), ("a.vcf.gz", "a"), ("a.VCF.bgz", "a"), ("a.txt", "a.txt"), (".vcf", "upload"),
        ("a.b.vcf", "a.b"),
    ])
    func stems(_ name: String, _ stem: String) {
        #expect(FileName.stem(name) == stem)
    }
}
