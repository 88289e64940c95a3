import ArgumentParser
import Foundation
import GAS

/// `gas admin`: what the pages of administrators do, at the terminal.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Look at jobs and queues, send dead letters again, announce and close.",
        subcommands: [AdminStatus.self, AdminJobs.self, AdminLetters.self, AdminAnnounce.self])

    /// Notes in the audit log what was done here. Who sits at the terminal is not known; they are the operator.
    static func record(_ kind: AuditKind, _ detail: String, _ composition: Composition) async throws {
        try await composition.audit.append(
            AuditEvent(kind, at: composition.clock.now, by: nil, detail: "\(detail) (at the terminal)"))
    }
}

/// A command that works on the stores in force and then ends.
protocol AdminWork: AsyncParsableCommand {
    var options: ConfigurationOptions { get }
    func work(_ composition: Composition) async throws
}

extension AdminWork {
    func run() async throws {
        let composition = try await Composition(options.read())
        let result: Result<Void, any Error>
        do { result = .success(try await work(composition)) } catch { result = .failure(error) }
        try await composition.close()
        try result.get()
    }
}

/// `gas admin status`: jobs, queues, and what everybody is told.
struct AdminStatus: AdminWork {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Count jobs and messages.")

    @OptionGroup var options: ConfigurationOptions

    func work(_ composition: Composition) async throws {
        let counts = try await composition.jobs.counts()
        print("jobs: " + JobStatus.allCases.map { "\(counts[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", "))
        for office in composition.messaging.offices {
            let (depth, dead) = (try await office.queue.depth(), try await office.deadLetters.depth())
            let age = depth.oldest.map { ", oldest \(Int(composition.clock.now.timeIntervalSince($0))) s" } ?? ""
            print(
                "queue \(office.queue.name): \(depth.visible) ready, \(depth.inFlight) in hand, "
                    + "\(depth.delayed) not due\(age); \(dead.visible + dead.inFlight + dead.delayed) dead letters")
        }
        guard let announcement = try await composition.announcements.announcement() else { return }
        print("\(announcement.closes ? "closed" : "announced"): \(announcement.text)")
    }
}

/// `gas admin dead-letters`: shows them, or sends them back.
struct AdminLetters: AdminWork {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters", abstract: "Show what could not be dealt with, or send it again.")

    @Argument(help: "The queue that they come from, as 'gas admin status' names it.")
    var queue: String

    @Flag(help: "Send them back into their queue.")
    var replay = false

    @Option(help: "At most so many.")
    var limit = 100

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("The limit must be from 1 to 100000.") }
    }

    func work(_ composition: Composition) async throws {
        let offices = composition.messaging.offices
        guard let office = offices.first(where: { $0.queue.name == queue }) else {
            let names = offices.map(\.queue.name).joined(separator: ", ")
            throw GASError(.notFound, "There is no queue '\(queue)'; there are \(names).")
        }
        if replay {
            try await AdminCommand.record(.messagesReplayed, office.queue.name, composition)
            print("\(try await office.replay(limit: limit)) sent back into \(office.queue.name).")
            return
        }
        for letter in try await office.letters(limit: limit) {
            let body = AuditText.safe(String(decoding: letter.body, as: UTF8.self), limit: 2000)
            print("\(letter.sent.formatted(.iso8601))  \(letter.messageID)  \(body)")
        }
    }
}

/// `gas admin announce`: tells everybody something on every page, and closes the service meanwhile if wanted.
struct AdminAnnounce: AdminWork {
    static let configuration = CommandConfiguration(
        commandName: "announce", abstract: "Show a text on every page; --close keeps everybody out but administrators.",
        discussion: "With an empty text the announcement is taken back, and the service is open.")

    @Argument(help: "A sentence or two in quotes; \"\" takes the last one back.")
    var text: String

    @Flag(help: "Close the service for all but administrators. Jobs that were submitted go on.")
    var close = false

    @OptionGroup var options: ConfigurationOptions

    func work(_ composition: Composition) async throws {
        guard !text.isEmpty || !close else {
            throw GASError(.invalid, "While the service is closed people must be told why: give a text.")
        }
        let announcement = text.isEmpty ? nil : try Announcement(text: text, closes: close, time: composition.clock.now)
        try await AdminCommand.record(
            .announcementChanged, announcement == nil ? "none" : close ? "closed" : "open", composition)
        try await composition.announcements.announce(announcement)
        print(
            announcement.map { "\($0.closes ? "Closed" : "Announced"): \($0.text)" } ?? "Nothing is announced any more."
        )
    }
}
