import GAS

/// An archive at whose door something happens while a worker goes on.
struct HookedArchive: ArchiveStore {
    let archive: any ArchiveStore
    /// Runs before a file is put into the archive.
    let beforePut: @Sendable () async throws -> Void

    func put(file: String, name: String) async throws -> Archive {
        try await beforePut()
        return try await archive.put(file: file, name: name)
    }

    func retrieve(_ archiveID: String, tier: RetrievalTier, for job: JobID) async throws -> RetrievalAnswer {
        try await archive.retrieve(archiveID, tier: tier, for: job)
    }

    func state(of retrieval: String, archiveID: String) async throws -> RetrievalState {
        try await archive.state(of: retrieval, archiveID: archiveID)
    }

    func get(_ retrieval: String, archiveID: String, toFile file: String) async throws {
        try await archive.get(retrieval, archiveID: archiveID, toFile: file)
    }

    func delete(_ archiveID: String) async throws { try await archive.delete(archiveID) }

    func list(after archiveID: String?, limit: Int) async throws -> [ArchiveEntry] {
        try await archive.list(after: archiveID, limit: limit)
    }
}
