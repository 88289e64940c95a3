import Foundation
import GAS

/// What is in a vault, as its last inventory says. The list of one inventory is fetched once.
/// See https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-inventory.html.
actor VaultInventory {
    private var last: (job: String, entries: [ArchiveEntry])?

    /// The entries by id; none as long as the vault has not taken stock.
    /// - Throws: `AWSError`.
    func entries(of archive: VaultArchive) async throws -> [ArchiveEntry] {
        var jobs = try await inventories(of: archive)
        if try await askAgain(archive, jobs) { jobs = try await inventories(of: archive) }
        guard let job = jobs.filter(\.hasSucceeded).max(by: { $0.CreationDate < $1.CreationDate }) else {
            return last?.entries ?? []
        }
        if let last, last.job == job.JobId { return last.entries }
        let answer = try await archive.client.send(archive.request("GetJobOutput", "GET", "/jobs/\(job.JobId)/output"))
        let list = try archive.decode(Output.self, answer.value).ArchiveList
        let entries = try list.map {
            ArchiveEntry(
                id: $0.ArchiveId, name: VaultArchive.name(in: $0.ArchiveDescription ?? ""),
                created: try archive.date($0.CreationDate))
        }.sorted { $0.id < $1.id }
        last = (job.JobId, entries)
        return entries
    }

    /// Asks for an inventory unless one is under way or not old yet.
    private func askAgain(_ archive: VaultArchive, _ jobs: [VaultJob]) async throws -> Bool {
        let limit = archive.clock.now.addingTimeInterval(-archive.settings.inventorySeconds)
        for job in jobs {
            if !job.isOver { return false }
            if job.hasSucceeded, try archive.date(job.CreationDate) > limit { return false }
        }
        _ = try await archive.begin(JobOrder(Kind: "inventory-retrieval"))
        return true
    }

    private func inventories(of archive: VaultArchive) async throws -> [VaultJob] {
        var jobs: [VaultJob] = []
        var marker: String?
        repeat {
            var request = archive.request("ListJobs", "GET", "/jobs")
            if let marker { request.query = [("marker", marker)] }
            let page = try archive.decode(Page.self, try await archive.client.send(request).value)
            jobs += page.JobList.filter(\.isInventory)
            marker = page.Marker
        } while marker != nil
        return jobs
    }

    private struct Page: Decodable {
        let JobList: [VaultJob]
        let Marker: String?
    }

    private struct Output: Decodable {
        struct Entry: Decodable {
            let ArchiveId: String
            let ArchiveDescription: String?
            let CreationDate: String
        }

        let ArchiveList: [Entry]
    }
}
