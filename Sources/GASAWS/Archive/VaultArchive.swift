import Foundation
import GAS

/// An archive in a vault of Glacier's older service, which takes no new customers but keeps what it has.
/// See https://docs.aws.amazon.com/amazonglacier/latest/dev/amazon-glacier-api.html.
///
/// The vault chooses the ids of archives: who archives the same file twice has two archives. What a crash leaves over so is
/// found by the sweeper in the vault's inventory, a day or two later. A copy that was retrieved can be read for about a
/// day, even if its archive is deleted meanwhile: the vault does not take it back.
public struct VaultArchive: ArchiveStore, GlacierAnnouncements {
    let client: AWSClient
    let vault: String
    let settings: VaultSettings
    let clock: any WallClock
    private let topic: String
    private let inventory = VaultInventory()

    /// - Parameters:
    ///   - vault: its name, in the region and account of the client.
    ///   - topic: the name (ARN) of the topic `thaw`, to which the vault announces the ends of retrievals.
    public init(
        vault: String, topic: String, client: AWSClient, settings: VaultSettings = VaultSettings(), clock: any WallClock
    ) {
        self.vault = vault
        self.topic = topic
        self.client = client
        self.settings = settings
        self.clock = clock
    }

    /// Uploads the file, in parts if it is large, each with its tree hash, which the vault compares.
    public func put(file: String, name: String) async throws -> Archive {
        guard !name.isEmpty, name.utf8.count <= 1000, name.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw GASError(.invalid, "An archive in a vault needs a name of 1 to 1,000 printable ASCII characters.")
        }
        guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int else {
            throw GASError(.notFound, "The file cannot be read.")
        }
        let id = try await translatingErrors {
            let whole = FilePart(path: file, offset: 0, count: size)
            return size > settings.partBytes
                ? try await uploadParts(of: whole, name: name) : try await upload(whole, name: name)
        }
        return Archive(id: id, size: size, storedSize: max(1, size))
    }

    /// Begins a job that announces its end to the topic, with the job's id as its description.
    public func retrieve(_ archiveID: String, tier: RetrievalTier, for job: JobID) async throws -> RetrievalAnswer {
        let begun = clock.now
        let order = JobOrder(
            Kind: "archive-retrieval", ArchiveId: archiveID, Description: job.rawValue, SNSTopic: topic,
            Tier: tier.rawValue)
        do {
            let id = try await begin(order)
            return .begun(Retrieval(id: id, tier: tier, expected: settings.times.end(of: tier, from: begun)))
        } catch let error as AWSError where error.isWithoutCapacity {
            return .noCapacity
        } catch let error as AWSError where error.isMissing {
            throw GASError(.notFound, "There is no such archive.", cause: error)
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Asks for the job.
    public func state(of retrieval: String, archiveID: String) async throws -> RetrievalState {
        try await job(retrieval, archiveID: archiveID)?.state ?? .gone
    }

    /// Downloads the output of the job, and compares its tree hash with the one that the vault has of the archive.
    public func get(_ retrieval: String, archiveID: String, toFile file: String) async throws {
        guard let job = try await job(retrieval, archiveID: archiveID), job.state == .ready else {
            throw GASError(.notFound, "There is no readable copy of the archive.")
        }
        try await translatingErrors { try await download(job, to: file) }
    }

    /// Deletes the archive.
    public func delete(_ archiveID: String) async throws {
        do {
            _ = try await client.send(request("DeleteArchive", "DELETE", "/archives/\(archiveID)"))
        } catch let error as AWSError where error.isMissing {
            return
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Lists the last inventory, and asks for another one when that is old. Until the first one is there, nothing is
    /// listed. What was archived or deleted since is not in it, which harms nobody: the list serves to find what was
    /// left over, and deleting twice is no error.
    public func list(after archiveID: String?, limit: Int) async throws -> [ArchiveEntry] {
        let entries = try await translatingErrors { try await inventory.entries(of: self) }
        return Array(entries.lazy.filter { entry in archiveID.map { $0 < entry.id } ?? true }.prefix(limit))
    }

    /// - Returns: `nil` when the vault knows no such job for this archive.
    private func job(_ id: String, archiveID: String) async throws -> VaultJob? {
        do {
            let answer = try await client.send(request("DescribeJob", "GET", "/jobs/\(id)"))
            let job = try decode(VaultJob.self, answer.value)
            return job.ArchiveId == archiveID ? job : nil
        } catch let error as AWSError where error.isMissing {
            return nil
        } catch let error as AWSError {
            throw error.error
        }
    }
}
