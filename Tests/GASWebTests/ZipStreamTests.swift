import Foundation
import GASWeb
import Testing

/// What is written is read by somebody else's program.
@Suite struct ZipStreamTests {
    private func python(_ script: String, _ path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script, path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return text
    }

    @Test func anotherProgramReadsIt() throws {
        let path = NSTemporaryDirectory() + "gas-\(UUID().uuidString).zip"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var zip = ZipStream(modified: Date(timeIntervalSince1970: 1_767_225_600))
        var bytes: [UInt8] = []
        let random = (0..<300_000).map { _ in UInt8.random(in: 0...255) }
        // The second is written in the form of files of 4 GB and more.
        for (name, size, content) in [
            ("empty.txt", 0, []), ("jobs/1/ünïcode 🧬.vcf", 5_000_000_000, Array("##fileformat\n".utf8)),
            ("random", random.count, random),
        ] as [(String, Int, [UInt8])] {
            bytes += try zip.begin(name, size: size)
            for start in stride(from: 0, to: content.count, by: 70_000) {
                bytes += try zip.add(Array(content[start..<min(start + 70_000, content.count)]))
            }
            bytes += try zip.end()
        }
        bytes += zip.finish()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let script = """
            import sys, zipfile, hashlib
            z = zipfile.ZipFile(sys.argv[1])
            assert z.testzip() is None
            for i in z.infolist(): print(i.filename, i.file_size, hashlib.md5(z.read(i)).hexdigest()[:0], i.date_time[0])
            """
        let lines = try python(script, path).split(separator: "\n")
        #expect(
            lines == ["empty.txt 0  2026", "jobs/1/ünïcode 🧬.vcf 13  2026", "random 300000  2026"])
    }
}
