import Crypto
import Foundation
import GAS
import HTTPTypes
import Hummingbird

/// The files that pages load: ours and Debian's, read and compressed once at start, and served under addresses that
/// change with their content, so that browsers can keep them for ever.
struct AssetLibrary: Sendable {
    private let assets: [String: Asset]

    /// Reads all assets.
    /// - Throws: `invalid` when a package that brings one is not installed.
    init(settings: WebSettings) throws {
        var assets: [String: Asset] = [:]
        for file in Self.ours {
            guard let folder = Bundle.module.resourceURL?.appendingPathComponent("Assets").path else {
                throw GASError(.internal, "The pages' own files are missing beside the program.")
            }
            assets[file] = try Asset(name: file, path: folder + "/" + file, remedy: "Install the service anew.")
        }
        assets["bootstrap.css"] = try Asset(
            name: "bootstrap.css",
            path: settings.bootstrapDirectory + "/css/bootstrap.min.css",
            remedy: "Install the package libjs-bootstrap5 or set the directory of Bootstrap 5."
        )
        assets["chart.js"] = try Asset(
            name: "chart.js",
            path: settings.chartDirectory + "/chart.min.js",
            remedy: "Install the package libjs-chart.js or set the directory of Chart.js 3."
        )
        self.assets = assets
    }

    /// The address of an asset with the hash of its content.
    func address(_ name: String) -> String {
        "/assets/\(name)?v=\(assets[name]?.hash ?? "")"
    }

    /// Answers `/assets/{name}`.
    func respond(_ call: Call) throws -> Response {
        guard let asset = call.context.parameters.get("name").flatMap({ assets[$0] }) else {
            throw HTTPError(.notFound)
        }
        return asset.respond(to: call.request, isCurrent: call.query["v"] == asset.hash)
    }

    private static let ours = [
        "gas.css", "gas.js", "live.js", "countdown.js", "upload.js", "charts.js", "farm.js", "icon.svg",
    ]
}

/// One file in memory, plain and compressed.
struct Asset: Sendable {
    let hash: String
    let size: Int
    private let contentType: String
    private let plain: ByteBuffer
    private let compressed: ByteBuffer

    /// Reads a file.
    /// - Parameter remedy: what to do when it is not there.
    init(name: String, path: String, remedy: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw GASError(.invalid, "The file \(path) cannot be read. \(remedy)")
        }
        hash = Data(SHA256.hash(data: data)).prefix(9).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_")
        size = data.count
        contentType = Self.contentType(of: name)
        plain = ByteBuffer(bytes: data)
        compressed = ByteBuffer(bytes: try Gzip.compress(Array(data)))
    }

    /// The file, or word that the browser has it already.
    func respond(to request: Request, isCurrent: Bool) -> Response {
        let acceptsGzip = request.headers[.acceptEncoding]?.contains("gzip") ?? false
        let tag = acceptsGzip ? "\"\(hash)-gzip\"" : "\"\(hash)\""
        var headers: HTTPFields = [
            .eTag: tag,
            .vary: "Accept-Encoding",
            .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = contentType
        if acceptsGzip { headers[.contentEncoding] = "gzip" }
        return Response(
            status: .ok,
            headers: headers,
            body: .init(byteBuffer: acceptsGzip ? compressed : plain)
        )
    }

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "text/plain; charset=utf-8"
        }
    }
}
