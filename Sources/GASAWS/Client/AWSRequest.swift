import AsyncHTTPClient
import Crypto
import Foundation
import GAS
import NIOCore
import NIOFoundationCompat

/// One request to a service, before it is signed.
struct AWSRequest: Sendable {
    /// The signing name of the service.
    let service: String
    var method = "POST"
    /// In place of the service's own origin.
    var origin: String?
    /// Not encoded, with a slash at its beginning.
    var path = "/"
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = AWSBody.data(Data())
    /// Whether it goes without credentials.
    var isAnonymous = false
    /// Seconds that the service was asked to wait before it answers.
    var wait = 0.0
    /// The service's word for what is done, for logs.
    var operation = ""
}

/// What a request carries. It can be sent again.
enum AWSBody: Sendable {
    case data(Data)
    /// A part of a file whose SHA-256 is known.
    case file(path: String, offset: Int, count: Int, sha256: String)

    var count: Int {
        switch self {
        case .data(let data): data.count
        case .file(_, _, let count, _): count
        }
    }

    var payload: SignableRequest.Payload {
        switch self {
        case .data(let data): .init(of: data)
        case .file(_, _, _, let sha256): .sha256(sha256)
        }
    }

    /// For the HTTP client.
    func stream() -> HTTPClientRequest.Body {
        switch self {
        case .data(let data):
            .bytes(ByteBuffer(data: data))
        case .file(let path, let offset, let count, _):
            .stream(FilePart(path: path, offset: offset, count: count).buffers, length: .known(Int64(count)))
        }
    }
}

/// A part of a file, read piece by piece.
struct FilePart: Sendable {
    let path: String
    let offset: Int
    let count: Int

    private static let pieceBytes = 256 << 10

    /// - Throws: `notFound` when the file cannot be opened.
    func open() throws -> FileHandle {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw GASError(.notFound, "The file cannot be read.")
        }
        try handle.seek(toOffset: UInt64(offset))
        return handle
    }

    /// Hands out every piece.
    func read(_ use: (Data) throws -> Void) throws {
        let handle = try open()
        defer { try? handle.close() }
        var left = count
        while left > 0, let piece = try handle.read(upToCount: min(left, Self.pieceBytes)), !piece.isEmpty {
            left -= piece.count
            try use(piece)
        }
    }

    /// SHA-256 of the part, in lower-case hexadecimal.
    func sha256() throws -> String {
        var hash = SHA256()
        try read { hash.update(data: $0) }
        return hash.finalize().hexadecimal
    }

    /// The pieces, for the HTTP client. A file that became shorter ends the request with an error of that client's.
    var buffers: AsyncThrowingStream<ByteBuffer, any Error> {
        let reader = Reader(part: self)
        return AsyncThrowingStream { try await reader.next() }
    }

    private actor Reader {
        private let part: FilePart
        private var handle: FileHandle?
        private var left: Int

        init(part: FilePart) {
            self.part = part
            left = part.count
        }

        func next() throws -> ByteBuffer? {
            guard left > 0 else { return nil }
            let handle = try self.handle ?? part.open()
            self.handle = handle
            guard let piece = try handle.read(upToCount: min(left, FilePart.pieceBytes)), !piece.isEmpty else {
                return nil
            }
            left -= piece.count
            if left == 0 { try handle.close() }
            return ByteBuffer(data: piece)
        }
    }
}
