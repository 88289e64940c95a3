import Foundation
import GAS
import GASTesting
import GASWorkers
import Synchronization

/// One history of a small service, told by a seed: people submit, upgrade, cancel and download while messages are lost,
/// repeated and late, calls fail, processes are killed, and workers overtake one another at every step. Then the
/// weather turns calm, and everything must come to rest where it belongs.
public struct History {
    /// A rule that was broken.
    public struct Violation: Error, CustomStringConvertible {
        /// Tells the same history again.
        public let seed: UInt64
        /// What was wrong, and at which step.
        public let description: String
    }

    /// What happened, in figures.
    public struct Summary: Sendable {
        /// Calls of ports that were carried out, failed or cut short.
        public internal(set) var steps = 0
        /// Results that went to the archive, and that came back.
        public internal(set) var moves = 0
    }

    private struct Work {
        let name: String
        let letter: (id: Int, count: Int)?
        let ended: Ending
    }

    /// What a process came to; `nil` while it runs or when it was killed.
    private final class Ending: Sendable {
        let outcome = Mutex<Outcome?>(nil)
    }

    private struct Link {
        let job: JobID
        let location: ObjectLocation
        let expires: Date
    }

    private let seed: UInt64
    private let world: World
    private let tell: ((String) -> Void)?
    private var random: SeededRandom
    private let weather: Weather
    private var summary = Summary()
    private var working: [Int: Work] = [:]
    private var lastProcess = 0
    private var people: [AccountID] = []
    private var submitted: [JobID] = []
    private var links: [Link] = []

    /// - Parameters:
    ///   - seed: tells the history.
    ///   - tell: is given every step in words.
    public init(seed: UInt64, tell: ((String) -> Void)? = nil) {
        self.seed = seed
        self.tell = tell
        random = SeededRandom(seed: seed)
        weather = Weather(using: &random)
        world = World(seed: seed)
    }

    /// Tells the history.
    /// - Throws: `Violation`.
    public mutating func run() async throws -> Summary {
        defer { for role in ["archiver", "restorer", "thawer"] { removeFolder(role) } }
        tell?("weather: \(weather)")
        world.post.set(weather)
        try await addPeople()
        for _ in 0..<Int.random(in: 60...260, using: &random) {
            try await act()
            try await check()
        }
        try await comeToRest()
        try await judge()
        return summary
    }

    private mutating func addPeople() async throws {
        for number in 1...Int.random(in: 1...2, using: &random) {
            let id = AccountID(rawValue: "person-\(number)")
            let account = Account(
                id: id, name: "Ada", email: "\(id)@example.org", institution: "",
                role: random.chance(0.5) ? .premium : .free, created: world.clock.now)
            guard try await world.accounts.add(account, passwordHash: nil) else {
                throw violation("an account is lost")
            }
            people.append(id)
        }
    }

    // MARK: What can happen

    /// Lets one thing happen.
    private mutating func act() async throws {
        let stops = world.stage.stops
        let roll = Double.random(in: 0..<1, using: &random)
        if roll < 0.62, let stop = stops.randomElement(using: &random) {
            await goOn(stop, cue())
        } else if roll < 0.80, working.count < 5, let letter = world.post.due.randomElement(using: &random) {
            await deliver(letter)
        } else if roll < 0.90 {
            pass(seconds: [1, 20, 61, World.window, 1000].randomElement(using: &random) ?? 1)
        } else {
            try await somebodyActs()
        }
        try bringRetrievals()
        world.archive.refusesExpedited = random.chance(weather.refusal)
    }

    private mutating func cue() -> Stage.Cue {
        if random.chance(weather.death) { return .die }
        if random.chance(weather.failure) { return random.chance(0.5) ? .failBefore : .failAfter }
        return .goOn
    }

    private mutating func somebodyActs() async throws {
        guard let person = people.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1: try await submit(person)
        case 2: await start("upgrade") { [world] in try await world.roleChange.give(.premium, to: person) }
        case 3: await start("cancel") { [world] in try await world.roleChange.give(.free, to: person) }
        case 4, 5: try await openLink()
        case 6: await start("sweep") { [world] in _ = try await world.sweeper.sweep() }
        default:
            guard random.chance(0.3) else { return }
            tell?("all retrievals are lost")
            world.archive.loseRetrievals()
        }
    }

    private mutating func submit(_ person: AccountID) async throws {
        guard submitted.count < 4 else { return }
        let id = JobID(rawValue: "job-\(submitted.count + 1)")
        let job = Job(
            id: id, userID: person, inputFileName: "a.vcf",
            input: ObjectLocation(bucket: "gas-inputs", key: "gas/\(person)/\(id)~a.vcf"), inputSize: 1,
            submitTime: world.clock.now)
        guard try await world.jobs.add(job) else { throw violation("a job is lost") }
        submitted.append(id)
        world.post.take(try JobRequested(job).encoded(), for: "job_requests")
    }

    /// Somebody clicks on a download, and keeps the link.
    private mutating func openLink() async throws {
        guard let id = submitted.randomElement(using: &random), let job = try await world.jobs.job(id),
            let account = try await world.accounts.account(job.userID), let output = job.output
        else { return }
        let now = world.clock.now
        guard case .available(let until) = ResultAccess(job, account: account, plans: world.plans, now: now) else {
            return
        }
        let expires = world.plans.linkEnd(until: until, seconds: World.linkSeconds, now: now)
        links.append(Link(job: id, location: output.result, expires: expires))
        tell?("a link to \(id), good until \(expires)")
    }

    private func pass(seconds: Double) {
        tell?("\(seconds) s pass")
        world.clock.advance(seconds: seconds)
    }

    /// The archive's announcements go the way of all messages.
    private func bringRetrievals() throws {
        for message in world.archive.takeAnnouncements() { world.post.take(try message.encoded(), for: "thaw") }
    }

    // MARK: Processes

    private mutating func start(_ name: String, _ body: @escaping @Sendable () async throws -> Void) async {
        await begin(name, letter: nil) {
            try await body()
            return .done
        }
    }

    private mutating func deliver(_ letter: Post.Letter) async {
        let delivery = world.post.deliver(letter, visibility: World.visibility)
        let handler = world.handler(letter.address)
        await begin("\(letter.address)", letter: (letter.id, delivery.receiveCount)) { [logger = world.logger] in
            do {
                return try await handler.handle(delivery, logger: logger)
            } catch let error as GASError {
                return .retry(reason: "\(error)")
            }
        }
    }

    private mutating func begin(
        _ name: String, letter: (id: Int, count: Int)?, _ body: @escaping @Sendable () async throws -> Outcome
    ) async {
        lastProcess += 1
        let number = lastProcess
        let work = Work(name: name, letter: letter, ended: Ending())
        working[number] = work
        tell?("\(number) \(name) begins\(letter.map { " with letter \($0.id), delivery \($0.count)" } ?? "")")
        await world.stage.begin(number) {
            // A killed process comes to nothing; one that fails outside a queue is somebody's page with an error.
            let outcome = (try? await body()) ?? .done
            work.ended.outcome.withLock { $0 = outcome }
        }
        settle(number)
    }

    private mutating func goOn(_ stop: Stage.Stop, _ cue: Stage.Cue) async {
        summary.steps += 1
        tell?("\(stop.process) \(working[stop.process]?.name ?? "?"): \(stop.point) \(cue == .goOn ? "" : "\(cue)")")
        await world.stage.cue(stop.process, cue)
        settle(stop.process)
    }

    /// Carries out what a process that has ended came to.
    private mutating func settle(_ number: Int) {
        guard let work = working[number], let outcome = work.ended.outcome.withLock({ $0 }) else { return }
        working[number] = nil
        let isDead = world.stage.isDead(number)
        tell?("\(number) \(work.name) \(isDead ? "was killed" : "ends: \(outcome)")")
        guard let letter = work.letter, !isDead else { return }
        switch outcome {
        case .done, .giveUp:
            world.post.remove(letter.id, delivery: letter.count)
        case .retry:
            world.post.hide(letter.id, delivery: letter.count, until: world.clock.now + 5)
        case .snooze(let date):
            world.post.hide(letter.id, delivery: letter.count, until: date)
        }
    }

    // MARK: Rules

    /// What must be true at every moment.
    private func check() async throws {
        for id in submitted {
            guard let job = try await world.jobs.job(id), let output = job.output else { continue }
            let content = World.content(of: id)
            switch job.resultState {
            case .none:
                break
            case .available, .archiving:
                guard world.objects.bytes(at: output.result) == content else {
                    throw violation("\(id) is \(job.resultState), but its bytes are not in the result store")
                }
            case .archived, .restoring:
                guard let archive = job.archiveID, world.archive.bytes(of: archive) == content else {
                    throw violation("\(id) is \(job.resultState), but its bytes are not in the archive")
                }
            }
        }
        for link in links where world.clock.now < link.expires { try await check(link) }
    }

    /// A link that is good gives nothing that a Free owner may not have any more.
    private func check(_ link: Link) async throws {
        guard world.objects.bytes(at: link.location) != nil, let job = try await world.jobs.job(link.job),
            let account = try await world.accounts.account(job.userID)
        else { return }
        let end = world.plans[account.role].downloadEnd(of: job, roleSince: account.roleSince)
        guard end.map({ world.clock.now < $0 }) ?? true else {
            throw violation("a link to \(link.job) is good after the window has ended")
        }
    }

    // MARK: The end

    /// Calm weather, until nothing is under way and nothing is owed.
    private mutating func comeToRest() async throws {
        tell?("calm")
        world.post.set(.calm)
        var pause = World.patience + 1
        for _ in 0..<400 {
            try await finishWork()
            if try await isAtRest() { return }
            let next = world.post.nextDue.map { $0.timeIntervalSince(world.clock.now) }
            if let next, next <= pause {
                pass(seconds: max(next, 0) + 0.001)
            } else {
                pass(seconds: pause)
                pause = min(pause * 1.5, 1800)
                await start("sweep") { [world] in _ = try await world.sweeper.sweep() }
            }
        }
        throw violation("it does not come to rest: \(try await describeUnrest())")
    }

    private mutating func finishWork() async throws {
        world.archive.refusesExpedited = false
        for _ in 0..<10_000 {
            try bringRetrievals()
            if let stop = world.stage.stops.first {
                await goOn(stop, .goOn)
            } else if let letter = world.post.due.first {
                await deliver(letter)
            } else {
                return
            }
            try await check()
        }
        throw violation("there is no end of work")
    }

    private func isAtRest() async throws -> Bool {
        guard world.post.nextDue == nil,
            try await world.accounts.unsettledRoles(before: .distantFuture, limit: 1).isEmpty,
            try await world.jobs.stalledJobs(before: .distantFuture, limit: 100).isEmpty
        else { return false }
        return try await world.jobs.stalledResults(before: .distantFuture, limit: 1).isEmpty
    }

    private func describeUnrest() async throws -> String {
        var words = ["next letter \(world.post.nextDue.map { "\($0)" } ?? "none")"]
        for id in submitted {
            guard let job = try await world.jobs.job(id) else { continue }
            words.append("\(id) \(job.status) \(job.resultState) due \(job.resultDue.map { "\($0)" } ?? "never")")
        }
        for account in try await world.accounts.unsettledRoles(before: .distantFuture, limit: 10) {
            words.append("\(account.id) \(account.role) is unsettled")
        }
        return words.joined(separator: "; ")
    }

    /// What must be true in the end.
    private mutating func judge() async throws {
        pass(seconds: 7200)
        _ = try await world.sweeper.removeOrphanedResults()
        _ = try await world.sweeper.removeOrphanedArchives()
        var objects: Set<String> = []
        var archives: Set<String> = []
        for id in submitted {
            guard let job = try await world.jobs.job(id), job.status == .completed,
                let account = try await world.accounts.account(job.userID)
            else { continue }
            summary.moves += job.move
            let expected: ResultState = account.role == .premium ? .available : .archived
            guard job.resultState == expected else {
                throw violation("\(id) of a \(account.role) owner is \(job.resultState) in the end")
            }
            if job.resultState == .available, let output = job.output { objects.insert(output.resultKey) }
            if let archive = job.archiveID { archives.insert(archive) }
            guard (job.archiveID == nil) == (expected == .available), job.notice == nil else {
                throw violation("\(id) is not tidied up")
            }
            try checkMails(of: job)
        }
        let kept = try await world.objects.list(bucket: World.bucket, prefix: "gas/", after: nil, limit: 1000)
        let left = Set(kept.map(\.location.key)).subtracting(objects.union([BucketMark.key("gas")]))
        guard left.isEmpty else { throw violation("left in the result store: \(left.sorted())") }
        let leftArchives = Set(world.archive.archiveIDs).subtracting(archives)
        guard leftArchives.isEmpty else { throw violation("left in the archive: \(leftArchives.sorted())") }
    }

    private func checkMails(of job: Job) throws {
        let ids = world.mailer.mails.map(\.id)
        guard ids.contains("\(job.id)-completed") else { throw violation("nobody was told that \(job.id) is complete") }
        guard job.move > 0 else { return }
        let last = job.resultState == .archived ? "archived" : "restored"
        // A move that was called off is not told.
        guard job.resultState == .available || ids.contains("\(job.id)-\(last)-\(job.move)") else {
            throw violation("nobody was told that \(job.id) is \(last)")
        }
    }

    private func violation(_ description: String) -> Violation {
        Violation(seed: seed, description: "seed \(seed), step \(summary.steps): \(description)")
    }

    private func removeFolder(_ role: String) {
        try? FileManager.default.removeItem(atPath: world.workDirectory + "-" + role)
    }
}
