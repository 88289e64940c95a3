import Foundation
import HTTPTypes
import Hummingbird

/// VCF files to try the service with, read once at start.
struct Samples: Sendable {
    /// One file on offer.
    struct Sample: Sendable {
        let name: String
        let asset: Asset
    }

    /// In the order of their names.
    let all: [Sample]

    /// Reads the VCF files of a folder.
    init(directory: String?) throws {
        guard let directory else {
            all = []
            return
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        all = try names.filter { $0.hasSuffix(".vcf") }.sorted().map { name in
            Sample(
                name: name,
                asset: try Asset(
                    name: name,
                    path: directory + "/" + name,
                    remedy: "Check the sample directory of the settings."
                )
            )
        }
    }

    /// Answers `/samples/{name}`.
    func respond(_ call: Call) throws -> Response {
        let name = call.context.parameters.get("name").flatMap(\.removingPercentEncoding)
        guard let sample = all.first(where: { $0.name == name }) else { throw HTTPError(.notFound) }
        var response = sample.asset.respond(to: call.request, isCurrent: false)
        response.headers[.contentDisposition] = ContentDisposition.attachment(sample.name)
        return response
    }
}
