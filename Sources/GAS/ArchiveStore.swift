import Foundation

/// Keeps results that are seldom wanted, cheaply: storing is quick, but what is wanted back must be asked for, and is
/// there minutes or hours later, for a while.
///
/// When a retrieval has ended the adapter publishes `RetrievalEnded` to the topic `thaw`, at least once.
public protocol ArchiveStore: Sendable {
    /// Archives the bytes of a local file.
    /// - Parameters:
    ///   - file: path of a file of ours; it stays.
    ///   - name: names the archive: letters, digits, `.`, `_`, `~`, `/` and `-`. Archiving under the same name again
    ///     gives the same id where the adapter chooses ids itself; the bytes are then the same. Where the archive
    ///     chooses them, it has two archives then, and `list` shows both.
    /// - Returns: the archive, which is safe when the call returns.
    func put(file: String, name: String) async throws -> Archive

    /// Asks for an archive to be made readable.
    /// - Parameters:
    ///   - tier: how soon, and how dear.
    ///   - job: whose result it is, given back in `RetrievalEnded`.
    /// - Returns: what was asked for, or that this tier has no capacity now.
    /// - Throws: `notFound` when there is no such archive.
    func retrieve(_ archiveID: String, tier: RetrievalTier, for job: JobID) async throws -> RetrievalAnswer

    /// How far a retrieval is.
    func state(of retrieval: String, archiveID: String) async throws -> RetrievalState

    /// Copies a retrieved archive into a local file, which it replaces. The checksum is verified before the call
    /// returns.
    /// - Throws: `notFound` when the retrieval has not ended, is lost, or has expired; `corrupted` when the bytes are
    ///   not those that were archived.
    func get(_ retrieval: String, archiveID: String, toFile file: String) async throws

    /// Removes an archive; removing what is not there is no error.
    func delete(_ archiveID: String) async throws

    /// Archives in the order of their ids, for the sweeper, which removes what no job refers to. The list may be a while
    /// old, and empty until the archive has taken stock.
    /// - Parameters:
    ///   - archiveID: only archives behind this one, in UTF-8 order.
    ///   - limit: at most so many.
    func list(after archiveID: String?, limit: Int) async throws -> [ArchiveEntry]
}

/// What a list says of an archive.
public struct ArchiveEntry: Sendable, Hashable {
    /// The archive's own name for it.
    public let id: String
    /// The name under which it was put there.
    public let name: String
    /// When it was put there.
    public let created: Date

    /// Describes an archive.
    public init(id: String, name: String, created: Date) {
        self.id = id
        self.name = name
        self.created = created
    }
}

/// An archived result.
public struct Archive: Sendable, Hashable {
    /// The archive's own name for it, kept as `results_file_archive_id`.
    public let id: String
    /// Bytes that were archived.
    public let size: Int
    /// Bytes that they take in the archive.
    public let storedSize: Int

    /// Describes an archive.
    public init(id: String, size: Int, storedSize: Int) {
        self.id = id
        self.size = size
        self.storedSize = storedSize
    }
}

/// How soon a retrieval ends, and how dear it is: Glacier's words.
public enum RetrievalTier: String, Sendable, Hashable, Codable, CaseIterable {
    /// Minutes, when there is capacity.
    case expedited = "Expedited"
    /// Hours.
    case standard = "Standard"
    /// Half a day.
    case bulk = "Bulk"
}

/// A retrieval that was begun.
public struct Retrieval: Sendable, Hashable {
    /// The archive's own name for it.
    public let id: String
    /// How soon it ends.
    public let tier: RetrievalTier
    /// By when it should have ended.
    public let expected: Date

    /// Describes a retrieval.
    public init(id: String, tier: RetrievalTier, expected: Date) {
        self.id = id
        self.tier = tier
        self.expected = expected
    }
}

/// What an archive says to a request.
public enum RetrievalAnswer: Sendable, Hashable {
    /// The retrieval was begun.
    case begun(Retrieval)
    /// Not in this tier, and not now.
    case noCapacity
}

/// How far a retrieval is.
public enum RetrievalState: Sendable, Hashable {
    /// The archive works on it.
    case underWay
    /// The archive can be read.
    case ready
    /// It failed, has expired, or was never begun.
    case gone
}
