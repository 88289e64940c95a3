import Foundation

/// A folder of `.gasref` directories: the references that are installed.
public struct ReferenceLibrary: Sendable {
    /// The folder.
    public let directory: String

    /// Names the folder; it is not looked at before ``references()``.
    public init(directory: String) { self.directory = directory }

    /// Opens all references of the folder, sorted by name; none if the folder does not exist.
    /// - Throws: ``AnnotationError/Code/badReference`` if one of them cannot be opened.
    public func references() throws(AnnotationError) -> [Reference] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var references: [Reference] = []
        for name in names.sorted() where name.hasSuffix(".gasref") {
            references.append(try Reference.open(directory + "/" + name))
        }
        return references.sorted { $0.name < $1.name }
    }
}
