import Foundation
import GAS

/// The assemblies that can be downloaded, and what each is compiled from: `Reference/catalogue.json`.
public struct AssemblyCatalogue: Sendable, Decodable {
    /// In the order of the file.
    public let assemblies: [Entry]

    /// One assembly.
    public struct Entry: Sendable, Decodable {
        /// What it is called, such as `GRCh38`.
        public let name: String
        /// One line about it.
        public let title: String
        /// What it is compiled from.
        public let files: [File]
    }

    /// One file.
    public struct File: Sendable, Decodable {
        /// What it is.
        public let role: Role
        /// Whose server has it.
        public let server: Server
        /// Its path there.
        public let path: String
        /// The path of the list that has its checksum.
        public let checksums: String?
        /// The source's name for people, for known variants and regions; of UCSC's tables the table.
        public let source: String?
        /// The source's own version.
        public let version: String?
        /// The columns that are wanted; all when absent.
        public let columns: [String]?

        /// Its name without folders.
        public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

        enum CodingKeys: String, CodingKey {
            case role = "as"
            case server = "from"
            case path, checksums, source, version, columns
        }
    }

    /// What a file is.
    public enum Role: String, Sendable, Decodable {
        case fasta, gff3, known, regions, ucsc
    }

    /// Whose server has a file; where each is reached is configuration.
    public enum Server: String, Sendable, Decodable, CaseIterable {
        case ensembl, ncbi, ucsc
    }

    /// Reads a catalogue.
    /// - Throws: `invalid` when it cannot be read.
    public init(file: String) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw GASError(.invalid, "The catalogue of assemblies \(file) cannot be read.", cause: error)
        }
    }

    /// Finds an assembly by its name, whatever the case of its letters.
    /// - Throws: `notFound` with the names that there are.
    public func entry(_ name: String) throws -> Entry {
        guard let entry = assemblies.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            let names = assemblies.map(\.name).joined(separator: ", ")
            throw GASError(.notFound, "There is no assembly \(name) in the catalogue; there are \(names).")
        }
        return entry
    }
}
