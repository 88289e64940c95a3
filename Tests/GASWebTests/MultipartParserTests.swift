import Foundation
import GAS
import GASWeb
import Testing

@Suite struct MultipartParserTests {
    /// What came in, piece by piece put together again.
    private struct Part: Equatable {
        let name: String
        let fileName: String?
        var content: String = ""
        var isWhole = false
    }

    private func form(_ body: String) -> [UInt8] { Array(body.replacing("\n", with: "\r\n").utf8) }

    private func parse(_ pieces: [some Collection<UInt8>], boundary: String = "xYz") throws -> (
        parts: [Part], isDone: Bool
    ) {
        var parser = MultipartParser(boundary: boundary, headerLimit: 200)
        var parts: [Part] = []
        var isDone = false
        for piece in pieces {
            for event in try parser.parse(piece) {
                switch event {
                case .part(let name, let fileName): parts.append(Part(name: name, fileName: fileName))
                case .content(let bytes): parts[parts.count - 1].content += String(decoding: bytes, as: UTF8.self)
                case .partEnd: parts[parts.count - 1].isWhole = true
                case .end: isDone = true
                }
            }
        }
        return (parts, isDone)
    }

    private let whole = """
        --xYz
        Content-Disposition: form-data; name="key"

        gas/1
        --xYz
        Content-Disposition: form-data; name="empty"


        --xYz
        content-type: text/plain
        content-disposition: form-data; name="file"; filename="a \\"b\\".vcf"

        line 1
        --xY
        --xYzz
        --xYz--
        epilogue
        """

    @Test func aFormInOnePiece() throws {
        // The line that only begins like a delimiter is content; one that goes on behind it is malformed.
        let body = form(whole.replacing("--xYzz\n", with: "-xYz\n"))
        let (parts, isDone) = try parse([body])
        #expect(isDone)
        #expect(
            parts == [
                Part(name: "key", fileName: nil, content: "gas/1", isWhole: true),
                Part(name: "empty", fileName: nil, content: "", isWhole: true),
                Part(name: "file", fileName: "a \"b\".vcf", content: "line 1\r\n--xY\r\n-xYz", isWhole: true),
            ])
        #expect(throws: GASError.self) { try parse([form(whole)]) }
    }

    @Test func theSameFormSplitAtEveryByte() throws {
        let body = form(whole.replacing("--xYzz\n", with: "-xYz\n"))
        let expected = try parse([body]).parts
        for split in 0...body.count {
            let (parts, isDone) = try parse([body[..<split], body[split...]])
            #expect(isDone && parts == expected, "split at \(split)")
        }
        let (parts, isDone) = try parse(body.map { [$0] })
        #expect(isDone && parts == expected, "byte by byte")
    }

    @Test func nothingIsKeptBackForLong() throws {
        var parser = MultipartParser(boundary: "xYz")
        _ = try parser.parse(form("--xYz\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\n\n"))
        var received = 0
        for _ in 0..<100 {
            for event in try parser.parse([UInt8](repeating: 13, count: 10_000)) {
                if case .content(let bytes) = event { received += bytes.count }
            }
        }
        #expect(received > 1_000_000 - 20)
    }

    @Test(arguments: [
        "", "--xYz", "--xYz\nContent-Disposition: form-data; name=\"a\"\n\nb", "--xYz\nContent-Disposition: form-data",
        "--xYz\nContent-Disposition: form-data; name=\"a\"\n\nb\n--xYz", "preamble only",
    ])
    func aFormThatStopsEarlyIsNotDone(body: String) throws {
        #expect(try !parse([form(body)]).isDone)
    }

    @Test(arguments: [
        "--xYz\n\nno header\n--xYz--", "--xYz\nX: y\n\nno disposition\n--xYz--",
        "--xYz\nContent-Disposition: form-data\n\nno name\n--xYz--",
        "--xYz\nContent-Disposition: form-data; name=\"\"\n\nempty name\n--xYz--",
        "--xYzContent-Disposition: form-data; name=\"a\"\n\n--xYz--",
    ])
    func aBrokenFormIsRefused(body: String) throws {
        #expect(throws: GASError.self) { try parse([form(body)]) }
    }

    @Test func endlessHeadersAndPreamblesAreRefused() throws {
        let endless = String(repeating: "x", count: 300)
        #expect(throws: GASError.self) { try parse([form(endless)]) }
        #expect(throws: GASError.self) { try parse([form("--xYz\n" + endless)]) }
        #expect(throws: GASError.self) { try parse([form("--xYz" + String(repeating: " ", count: 300))]) }
        let header = "--xYz\nContent-Disposition: form-data; name=\"a\"; x=\"\(endless)\"\n\nb\n--xYz--"
        #expect(throws: GASError.self) { try parse([form(header)]) }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=xYz", "xYz"), ("Multipart/Form-Data;boundary=\"x Yz\"", "x Yz"),
        ("multipart/form-data; charset=utf-8; BOUNDARY=----WebKit0", "----WebKit0"),
        ("multipart/form-data", nil), ("multipart/form-data; boundary=", nil), ("text/plain; boundary=x", nil),
        ("multipart/form-data; boundary=" + String(repeating: "x", count: 71), nil),
        ("multipart/form-data; boundary=\"x \"", nil), ("", nil),
    ])
    func theBoundaryIsTakenFromTheContentType(type: String, boundary: String?) {
        #expect(MultipartParser.boundary(ofContentType: type) == boundary)
    }

    @Test(arguments: [
        ("name=\"file\"; filename=\"plain.vcf\"", "plain.vcf"), ("name=file; filename=plain.vcf", "plain.vcf"),
        ("name=\"file\"; filename=\"quote%22d.vcf\"", "quote\"d.vcf"),
        ("filename=\"a;b.vcf\"; name=\"file\"", "a;b.vcf"),
        ("name=\"file\"; filename=\"C:\\\\x\\\\y.vcf\"", "C:\\\\x\\\\y.vcf"),
        ("name=\"file\"; filename=\"variantes – é.vcf\"", "variantes – é.vcf"), ("name=\"file\"; filename=\"\"", ""),
    ])
    func fileNamesComeAsBrowsersWriteThem(parameters: String, fileName: String) throws {
        let body = "--xYz\nContent-Disposition: form-data; \(parameters)\n\nx\n--xYz--"
        #expect(try parse([form(body)]).parts == [Part(name: "file", fileName: fileName, content: "x", isWhole: true)])
    }
}
