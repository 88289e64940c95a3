import Foundation
import GAS
import GASTesting

/// The ports that the workers under test see: those in memory, each call of which is a step of the history.
struct StagedJobStore: JobStore {
    let base: InMemoryJobStore
    let stage: Stage

    func add(_ job: Job) async throws -> Bool {
        try await stage.call("add job") { try await base.add(job) }
    }

    func deployment() async throws -> String { try await base.deployment() }

    func job(_ id: JobID) async throws -> Job? {
        try await stage.call("read job") { try await base.job(id) }
    }

    func update(_ update: JobUpdate) async throws -> Job? {
        try await stage.call("update job") { try await base.update(update) }
    }

    func jobs(of account: AccountID, status: JobStatus?, after cursor: JobPage.Cursor?, limit: Int) async throws
        -> JobPage
    {
        try await stage.call("list jobs") {
            try await base.jobs(of: account, status: status, after: cursor, limit: limit)
        }
    }

    func jobs(of account: AccountID, resultState: ResultState, after cursor: JobPage.Cursor?, limit: Int) async throws
        -> JobPage
    {
        try await stage.call("list jobs") {
            try await base.jobs(of: account, resultState: resultState, after: cursor, limit: limit)
        }
    }

    func jobs(inState status: JobStatus, after cursor: JobPage.Cursor?, limit: Int) async throws -> JobPage {
        try await base.jobs(inState: status, after: cursor, limit: limit)
    }

    func counts(of account: AccountID) async throws -> [JobStatus: Int] { try await base.counts(of: account) }

    func resultCounts(of account: AccountID) async throws -> [ResultState: Int] {
        try await base.resultCounts(of: account)
    }

    func counts() async throws -> [JobStatus: Int] { try await base.counts() }

    func submissions(since: Date) async throws -> Int? { try await base.submissions(since: since) }

    func delete(_ id: JobID) async throws {
        try await stage.call("delete job") { try await base.delete(id) }
    }

    func jobsAhead(of job: Job) async throws -> Int? { try await base.jobsAhead(of: job) }

    func stalledJobs(before: Date, limit: Int) async throws -> [Job] {
        try await stage.call("list stalled jobs") { try await base.stalledJobs(before: before, limit: limit) }
    }

    func stalledResults(before: Date, limit: Int) async throws -> [Job] {
        try await stage.call("list stalled results") { try await base.stalledResults(before: before, limit: limit) }
    }

    func changes(of account: AccountID) -> AsyncStream<Void> { base.changes(of: account) }
}

struct StagedAccountStore: AccountStore {
    let base: InMemoryAccountStore
    let stage: Stage

    func add(_ account: Account, passwordHash: String?) async throws -> Bool {
        try await base.add(account, passwordHash: passwordHash)
    }

    func account(_ id: AccountID) async throws -> Account? {
        try await stage.call("read account") { try await base.account(id) }
    }

    func account(of identity: Identity) async throws -> Account? {
        try await base.account(of: identity)
    }

    func accounts(after cursor: AccountPage.Cursor?, limit: Int) async throws -> AccountPage {
        try await base.accounts(after: cursor, limit: limit)
    }

    func count() async throws -> Int { try await base.count() }

    func beginDeletion(of id: AccountID, at time: Date) async throws -> Bool {
        try await stage.call("begin deletion") { try await base.beginDeletion(of: id, at: time) }
    }

    func deletions(limit: Int) async throws -> [Deletion] { try await base.deletions(limit: limit) }

    func finishDeletion(of id: AccountID) async throws {
        try await stage.call("finish deletion") { try await base.finishDeletion(of: id) }
    }

    func localAccount(email: String) async throws -> (account: Account, passwordHash: String)? {
        try await base.localAccount(email: email)
    }

    func updateProfile(_ account: Account) async throws -> Bool { try await base.updateProfile(account) }

    func changeRole(
        of id: AccountID, from old: Role, to new: Role, at time: @autoclosure @escaping @Sendable () -> Date
    ) async throws -> Bool {
        try await stage.call("change role") { try await base.changeRole(of: id, from: old, to: new, at: time()) }
    }

    func settleRole(of id: AccountID, since: Date) async throws {
        try await stage.call("settle role") { try await base.settleRole(of: id, since: since) }
    }

    func unsettledRoles(before: Date, limit: Int) async throws -> [Account] {
        try await stage.call("list unsettled roles") { try await base.unsettledRoles(before: before, limit: limit) }
    }

    func replacePasswordHash(of id: AccountID, from old: String, to new: String) async throws -> Bool {
        try await base.replacePasswordHash(of: id, from: old, to: new)
    }
}

struct StagedObjectStore: ObjectStore {
    let base: InMemoryObjectStore
    let stage: Stage

    func put(file: String, at location: ObjectLocation) async throws -> ObjectMetadata {
        try await stage.call("put object") { try await base.put(file: file, at: location) }
    }

    func put(_ bytes: Data, at location: ObjectLocation) async throws -> ObjectMetadata {
        try await stage.call("put object") { try await base.put(bytes, at: location) }
    }

    func get(_ location: ObjectLocation, toFile file: String) async throws -> ObjectMetadata {
        try await stage.call("get object") { try await base.get(location, toFile: file) }
    }

    func get(_ location: ObjectLocation, limit: Int) async throws -> Data {
        try await stage.call("get object") { try await base.get(location, limit: limit) }
    }

    func metadata(_ location: ObjectLocation) async throws -> ObjectMetadata? { try await base.metadata(location) }

    func delete(_ location: ObjectLocation) async throws {
        try await stage.call("delete object") { try await base.delete(location) }
    }

    func list(bucket: String, prefix: String, after key: String?, limit: Int) async throws -> [ObjectMetadata] {
        try await base.list(bucket: bucket, prefix: prefix, after: key, limit: limit)
    }

    func signUpload(_ policy: UploadPolicy) async throws -> SignedUpload { try await base.signUpload(policy) }

    func signDownload(_ request: DownloadRequest) async throws -> String { try await base.signDownload(request) }
}

struct StagedArchiveStore: ArchiveStore {
    let base: InMemoryArchiveStore
    let stage: Stage

    func put(file: String, name: String) async throws -> Archive {
        try await stage.call("put archive") { try await base.put(file: file, name: name) }
    }

    func retrieve(_ archiveID: String, tier: RetrievalTier, for job: JobID) async throws -> RetrievalAnswer {
        try await stage.call("retrieve archive") { try await base.retrieve(archiveID, tier: tier, for: job) }
    }

    func state(of retrieval: String, archiveID: String) async throws -> RetrievalState {
        try await stage.call("read retrieval") { try await base.state(of: retrieval, archiveID: archiveID) }
    }

    func get(_ retrieval: String, archiveID: String, toFile file: String) async throws {
        try await stage.call("get archive") { try await base.get(retrieval, archiveID: archiveID, toFile: file) }
    }

    func delete(_ archiveID: String) async throws {
        try await stage.call("delete archive") { try await base.delete(archiveID) }
    }

    func list(after archiveID: String?, limit: Int) async throws -> [ArchiveEntry] {
        try await base.list(after: archiveID, limit: limit)
    }
}

struct StagedMailer: Mailer {
    let base: RecordingMailer
    let stage: Stage

    func send(_ mail: Mail) async throws {
        try await stage.call("send mail") { try await base.send(mail) }
    }

    func withdraw(mailsOf account: AccountID) async throws -> Int {
        try await stage.call("withdraw mails") { try await base.withdraw(mailsOf: account) }
    }
}

/// A topic that loses, repeats and delays what is published, as the weather says.
struct StagedTopic: Topic {
    let name: String
    let post: Post
    let stage: Stage

    func publish(_ body: Data) async throws {
        try await stage.call("publish \(name)") { post.take(body, for: name) }
    }
}
