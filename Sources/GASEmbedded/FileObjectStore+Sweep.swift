import Foundation
import GAS

extension FileObjectStore {
    /// Removes what crashes left behind: unfinished uploads, and blobs to which no object points.
    /// - Parameter seconds: how old, by the file system's own clock, a file must be; longer than any upload pauses.
    /// - Returns: how many files were removed.
    public func sweepOrphans(olderThan seconds: Double) async throws -> Int {
        let limit = Date().addingTimeInterval(-seconds)
        let unfinished = try await io.run { try OldFiles.names(in: folder.incoming, before: limit) }
        let finished = try await io.run { try OldFiles.names(in: folder.blobs, before: limit) }
        let orphans = try await index.orphans(among: finished)
        return try await io.run {
            let paths = unfinished.map { "\(folder.incoming)/\($0)" } + orphans.map(folder.path)
            for path in paths { try OldFiles.remove(path) }
            return paths.count
        }
    }
}
