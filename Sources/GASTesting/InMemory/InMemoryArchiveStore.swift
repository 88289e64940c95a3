import Foundation
import GAS
import Synchronization

/// An archive in memory. Its ids come from the names it is given and from counting, so that the same calls give the same
/// ids.
public final class InMemoryArchiveStore: ArchiveStore {
    private struct Stored {
        var bytes: Data
        let sha256: String
        let name: String
        let created: Date
    }

    private struct Request {
        let archiveID: String
        let ready: Date
        let expires: Date
    }

    private struct State {
        var archives: [String: Stored] = [:]
        var requests: [String: Request] = [:]
        var announcements: [(due: Date, message: RetrievalEnded)] = []
        var lastRequest = 0
        var refusesExpedited = false
    }

    private let clock: any WallClock
    private let delays: [RetrievalTier: Double]
    private let keepSeconds: Double
    private let faults: FaultInjector
    private let state = Mutex(State())

    /// Makes an empty archive.
    /// - Parameters:
    ///   - delays: seconds that a retrieval takes in each tier; 0 for one that is not named.
    ///   - keepSeconds: for how long what was retrieved can be read.
    ///   - faults: passes `Archive.put`, `.retrieve`, `.state`, `.get`, `.delete`, `.list`.
    public init(
        clock: any WallClock, delays: [RetrievalTier: Double] = [.expedited: 60, .standard: 600, .bulk: 3600],
        keepSeconds: Double = 86_400, faults: FaultInjector = FaultInjector()
    ) {
        self.clock = clock
        self.delays = delays
        self.keepSeconds = keepSeconds
        self.faults = faults
    }

    /// Whether Expedited retrievals are refused.
    public var refusesExpedited: Bool {
        get { state.withLock { $0.refusesExpedited } }
        set { state.withLock { $0.refusesExpedited = newValue } }
    }

    /// What is archived, in the order of the ids.
    public var archiveIDs: [String] { state.withLock { $0.archives.keys.sorted() } }

    /// The archived bytes as they are; `nil` when there is no such archive.
    public func bytes(of archiveID: String) -> Data? { state.withLock { $0.archives[archiveID]?.bytes } }

    /// Damages an archive.
    public func corrupt(_ archiveID: String) {
        state.withLock { $0.archives[archiveID]?.bytes.append(0) }
    }

    /// Takes the damage of `corrupt` away, as somebody with a backup would.
    public func repair(_ archiveID: String) {
        state.withLock { _ = $0.archives[archiveID]?.bytes.removeLast() }
    }

    /// Forgets all retrievals and what would be announced of them.
    public func loseRetrievals() {
        state.withLock { state in
            state.requests = [:]
            state.announcements = []
        }
    }

    /// The announcements of retrievals that have ended since the last call: the test publishes them to `thaw`.
    public func takeAnnouncements() -> [RetrievalEnded] {
        let now = clock.now
        return state.withLock { state in
            defer { state.announcements.removeAll { $0.due <= now } }
            return state.announcements.filter { $0.due <= now }.map(\.message)
        }
    }

    /// Keeps the bytes of a file.
    public func put(file: String, name: String) async throws -> Archive {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw GASError(.notFound, "The file cannot be read.", cause: error)
        }
        let id = "archive/" + name
        let stored = Stored(bytes: bytes, sha256: bytes.sha256, name: name, created: clock.now)
        return try faults.around("Archive.put") {
            state.withLock { $0.archives[id] = stored }
            return Archive(id: id, size: bytes.count, storedSize: bytes.count)
        }
    }

    /// Begins a retrieval.
    public func retrieve(_ archiveID: String, tier: RetrievalTier, for job: JobID) async throws -> RetrievalAnswer {
        let ready = clock.now.addingTimeInterval(delays[tier] ?? 0)
        return try faults.around("Archive.retrieve") {
            try state.withLock { state in
                guard state.archives[archiveID] != nil else {
                    throw GASError(.notFound, "There is no archive \(archiveID).")
                }
                guard !(tier == .expedited && state.refusesExpedited) else { return .noCapacity }
                state.lastRequest += 1
                let id = "retrieval-\(state.lastRequest)"
                state.requests[id] = Request(
                    archiveID: archiveID, ready: ready, expires: ready.addingTimeInterval(keepSeconds))
                state.announcements.append(
                    (ready, RetrievalEnded(retrievalID: id, archiveID: archiveID, jobID: job, isReady: true)))
                return .begun(Retrieval(id: id, tier: tier, expected: ready))
            }
        }
    }

    /// Compares the clock.
    public func state(of retrieval: String, archiveID: String) async throws -> RetrievalState {
        let now = clock.now
        return try faults.around("Archive.state") {
            state.withLock { state in
                guard let request = state.requests[retrieval], request.archiveID == archiveID,
                    state.archives[archiveID] != nil, now < request.expires
                else { return .gone }
                return now < request.ready ? .underWay : .ready
            }
        }
    }

    /// Writes the bytes into a file.
    public func get(_ retrieval: String, archiveID: String, toFile file: String) async throws {
        let state = try await state(of: retrieval, archiveID: archiveID)
        try faults.around("Archive.get") {
            guard state == .ready, let stored = self.state.withLock({ $0.archives[archiveID] }) else {
                throw GASError(.notFound, "There is no readable copy of the archive.")
            }
            guard stored.bytes.sha256 == stored.sha256 else {
                throw GASError(.corrupted, "The archive is damaged.")
            }
            try stored.bytes.write(to: URL(fileURLWithPath: file), options: .atomic)
        }
    }

    /// Forgets an archive.
    public func delete(_ archiveID: String) async throws {
        try faults.around("Archive.delete") { state.withLock { $0.archives[archiveID] = nil } }
    }

    /// Sorts the ids.
    public func list(after archiveID: String?, limit: Int) async throws -> [ArchiveEntry] {
        try faults.around("Archive.list") {
            state.withLock { state in
                state.archives.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                    .filter { entry in archiveID.map { $0.utf8.lexicographicallyPrecedes(entry.key.utf8) } ?? true }
                    .prefix(limit)
                    .map { ArchiveEntry(id: $0.key, name: $0.value.name, created: $0.value.created) }
            }
        }
    }
}
