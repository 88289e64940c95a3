import Foundation
import GAS
import Glibc

/// Files that nobody has written for a while.
enum OldFiles {
    /// The names of the regular files in a folder that were last written before `limit`.
    static func names(in path: String, before limit: Date) throws -> [String] {
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

    /// Removes a file; one that is gone already is no error.
    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw GASError(fileOperation: "remove", path) }
    }

    /// When a regular file was last written; `nil` for anything else and for what has just gone.
    private static func modified(_ path: String) -> Date? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
    }
}
