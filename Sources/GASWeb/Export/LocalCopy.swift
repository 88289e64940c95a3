import Foundation
import GAS

/// A copy of an object on the local disk, without a name: when the process dies nothing is left of it.
final class LocalCopy {
    private let file: FileHandle

    /// Fetches an object.
    /// - Parameter folder: is made when it is missing.
    init(of location: ObjectLocation, from objects: any ObjectStore, in folder: String) async throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw GASError(.unavailable, "The folder for exports cannot be created.", cause: error)
        }
        let path = "\(folder)/\(UUID().uuidString.lowercased())"
        defer { unlink(path) }
        _ = try await objects.get(location, toFile: path)
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw GASError(.unavailable, "A copy for an export cannot be read.")
        }
        self.file = file
    }

    deinit { try? file.close() }

    /// The next bytes; none at the end.
    func next(upTo count: Int = 1 << 18) throws -> [UInt8] {
        do {
            return try file.read(upToCount: count).map(Array.init) ?? []
        } catch {
            throw GASError(.unavailable, "A copy for an export cannot be read.", cause: error)
        }
    }
}
