import Foundation
import GAS
import Glibc

extension FileObjectStore {
    /// Removes what crashes left behind: unfinished uploads, and blobs to which no object points.
    /// - Parameter seconds: how old, by the file system's own clock, a file must be; longer than any upload pauses.
    /// - Returns: how many files were removed.
    public func sweepOrphans(olderThan seconds: Double) async throws -> Int {
        let limit = Date().addingTimeInterval(-seconds)
        let unfinished = try await io.run { try FileObjectStore.files(in: folder.incoming, before: limit) }
        let finished = try await io.run { try FileObjectStore.files(in: folder.blobs, before: limit) }
        let orphans = try await index.orphans(among: finished)
        return try await io.run {
            let paths = unfinished.map { "\(folder.incoming)/\($0)" } + orphans.map(folder.path)
            for path in paths where unlink(path) != 0 && errno != ENOENT {
                throw GASError(fileOperation: "remove", path)
            }
            return paths.count
        }
    }

    /// The names of the files that were last written before `limit`.
    private static func files(in path: String, before limit: Date) throws -> [String] {
        guard let folder = opendir(path) else { throw GASError(fileOperation: "open", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let written = modified("\(path)/\(name)"), written < limit { names.append(name) }
        }
        return names
    }

    /// When a regular file was last written; `nil` for anything else and for what has just gone.
    private static func modified(_ path: String) -> Date? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
    }
}
