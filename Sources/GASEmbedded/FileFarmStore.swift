import Foundation
import GAS
import Glibc

/// The state of the farm in a file of the data folder, which is replaced as a whole.
public struct FileFarmStore: FarmStore {
    private let path: String
    private let blocking = BlockingIO()

    /// - Parameter path: of the file, in a folder that exists.
    public init(path: String) {
        self.path = path
    }

    /// Reads the file.
    public func state() async throws -> FarmState? {
        let path = path
        return try await blocking.run {
            guard let json = FileManager.default.contents(atPath: path) else { return nil }
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .millisecondsSince1970
            do {
                return try decoder.decode(FarmState.self, from: json)
            } catch {
                throw GASError(.corrupted, "The state of the farm cannot be read; it is written anew.", cause: error)
            }
        }
    }

    /// Writes another file and puts it in the place of the last one.
    public func write(_ state: FarmState) async throws {
        let path = path
        try await blocking.run {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .millisecondsSince1970
            let fresh = path + ".new"
            do {
                try encoder.encode(state).write(to: URL(fileURLWithPath: fresh))
                guard rename(fresh, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            } catch {
                throw GASError(.unavailable, "The state of the farm cannot be written.", cause: error)
            }
        }
    }
}
