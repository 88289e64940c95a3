import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// An element of an XML answer: its name, its text and the elements in it.
struct XMLNode {
    let name: String
    fileprivate(set) var text = ""
    fileprivate(set) var children: [XMLNode] = []

    fileprivate init(name: String) {
        self.name = name
    }

    /// Reads a document; `nil` when it is none.
    init?(parsing data: Data) {
        let reader = Reader()
        // The parser fetches no entities from elsewhere unless it is told to.
        let parser = XMLParser(data: data)
        parser.delegate = reader
        guard parser.parse(), let root = reader.root else { return nil }
        self = root
    }

    /// The first element of a name.
    subscript(_ name: String) -> XMLNode? { children.first { $0.name == name } }

    /// The element as a document has it. Attributes are not kept; S3's settings of buckets have none that count.
    var document: String {
        let content = children.isEmpty ? Self.escaped(text) : children.map(\.document).joined()
        return "<\(name)>\(content)</\(name)>"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// All elements of a name.
    func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    private final class Reader: NSObject, XMLParserDelegate {
        var root: XMLNode?
        private var open: [XMLNode] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            open.append(XMLNode(name: name))
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            guard !open.isEmpty else { return }
            open[open.count - 1].text += text
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            guard let node = open.popLast() else { return }
            if open.isEmpty { root = node } else { open[open.count - 1].children.append(node) }
        }
    }
}
