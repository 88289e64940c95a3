import Annotation

/// A file that an assembly is compiled from, as given by its path: what it is called, and how the INFO keys that come
/// from it begin.
struct SourceArgument {
    let path: String
    let name: String

    /// - Parameter argument: `FILE`, or `NAME=FILE`; without a name it is the file's, up to the first dot.
    init(_ argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        path = parts.last ?? argument
        let file = path.split(separator: "/").last.map(String.init) ?? path
        name = parts.count == 2 ? parts[0] : String(file.prefix { $0 != "." })
    }

    var known: ReferenceBuilder.KnownSource {
        let prefix = name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        return .init(path: path, name: name, prefix: String(prefix))
    }

    var regions: ReferenceBuilder.RegionSource { .init(path: path, name: name) }
}
