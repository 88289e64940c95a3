import Annotation
import Foundation
import Synchronization

/// One line about each installed assembly, as it is now: assemblies come and go while the service runs.
final class InstalledAssemblies: Sendable {
    private let library: ReferenceLibrary
    private let seen: Mutex<(changed: Date?, lines: [String])>

    /// - Parameter references: what is installed at start.
    init(_ library: ReferenceLibrary, first references: [Reference]) {
        self.library = library
        seen = Mutex((Self.lastChange(of: library), references.map(\.summaryLine)))
    }

    /// The lines; read anew only when the folder has changed. While an assembly cannot be opened, those from before.
    var lines: [String] {
        seen.withLock { seen in
            let changed = Self.lastChange(of: library)
            if changed != seen.changed, let references = try? library.references() {
                seen = (changed, references.map(\.summaryLine))
            }
            return seen.lines
        }
    }

    private static func lastChange(of library: ReferenceLibrary) -> Date? {
        try? FileManager.default.attributesOfItem(atPath: library.directory)[.modificationDate] as? Date
    }
}
