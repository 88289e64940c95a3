import Annotation
import Foundation
import GAS

/// A file that an assembly is compiled from, as a catalogue or the command line names it: there it is
/// `NAME@VERSION=FILE:COLUMN,COLUMN`, of which all but the file can be left out.
struct SourceArgument {
    /// How the parts are written, for the help of options.
    static let syntax = "[NAME[@VERSION]=]FILE[:COLUMN,...]"

    let path: String
    /// Without a name it is the file's, up to the first dot.
    let name: String
    let version: String?
    /// The columns that are wanted; `nil` for all.
    let columns: [String]?

    init(_ argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        (path, columns) = Self.fileAndColumns(parts.last ?? argument)
        let label = parts.count == 2 ? parts[0].split(separator: "@", maxSplits: 1).map(String.init) : []
        let file = path.split(separator: "/").last.map(String.init) ?? path
        name = label.first ?? String(file.prefix { $0 != "." })
        version = label.count == 2 ? label[1] : nil
    }

    init(path: String, name: String, version: String?, columns: [String]?) {
        self.path = path
        self.name = name
        self.version = version
        self.columns = columns
    }

    /// A colon may also belong to the file's name: then the file is there.
    private static func fileAndColumns(_ text: String) -> (String, [String]?) {
        guard let colon = text.lastIndex(of: ":"), !FileManager.default.fileExists(atPath: text) else {
            return (text, nil)
        }
        let columns = text[text.index(after: colon)...].split(separator: ",").map(String.init)
        return (String(text[..<colon]), columns)
    }

    /// Known variants; the INFO keys that come from them begin with the name in capital letters.
    var known: ReferenceBuilder.KnownSource {
        .init(path: path, name: name, prefix: key(name.uppercased()), version: version, columns: columns)
    }

    /// Regions; a column, if one is given, is the INFO key of their names.
    func regions() throws(GASError) -> ReferenceBuilder.RegionSource {
        guard (columns?.count ?? 1) == 1 else {
            throw GASError(.invalid, "The regions of \(path) have one INFO key, not \(columns?.count ?? 0): FILE:KEY.")
        }
        return .init(path: path, name: name, key: columns?.first.map(key), version: version)
    }

    /// A table of UCSC's database, known by its name.
    func ucsc() throws(GASError) -> ReferenceBuilder.UCSCSource {
        guard let table = UCSCTable(name: name) else {
            let known = UCSCTable.allCases.map(\.rawValue).joined(separator: ", ")
            throw GASError(
                .invalid, "\(name) is no table of UCSC's that can be read; name it TABLE=FILE, with one of: \(known).")
        }
        return .init(table: table, path: path, name: name, version: version, columns: columns)
    }

    private func key(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
