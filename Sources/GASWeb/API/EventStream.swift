import Foundation
import GAS
import GASIdentity
import HTTPTypes
import Hummingbird
import ServiceLifecycle

/// Server-sent events: tells a page what has changed, until the page goes away, the session ends, or the server stops.
///
/// Three things make the stream look again: a change in the job store, a timer, and a moment that it knew would come.
/// What it sees is sent when it differs from what was sent last; after a while without news a comment shows that the
/// stream lives. So merged and spurious changes do no harm.
struct EventStream: Sendable {
    let services: WebServices
    let sessions: Sessions
    let slots: FeedSlots
    let settings: WebSettings

    /// What there is to see.
    struct Sight: Sendable {
        /// JSON on one line.
        let data: String
        /// When it will be different though nobody does anything; `nil` for never.
        let ends: Date?
        /// Whether nothing will change any more.
        let isLast: Bool
    }

    /// Answers with a stream.
    /// - Parameter look: what there is to see now for the account as it is now; `nil` ends the stream.
    func respond(
        _ call: Call,
        _ visitor: Visitor,
        look: @escaping @Sendable (Account) async throws -> Sight?
    ) throws -> Response {
        let slot = try slots.take(for: visitor.account.id)
        let request = call.request
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .xAccelBuffering: "no"],
            body: ResponseBody { writer in
                let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                signal.yield()
                try await withGracefulShutdownHandler {
                    try await request.body.consumeWithInboundCloseHandler { _ in
                        try await send(to: &writer, when: signals, signal, visitor, look)
                    } onInboundClosed: {
                        signal.finish()
                    }
                } onGracefulShutdown: {
                    signal.finish()
                }
                withExtendedLifetime(slot) {}
                try await writer.finish(nil)
            }
        )
    }

    private func send(
        to writer: inout any ResponseBodyWriter,
        when signals: AsyncStream<Void>,
        _ signal: AsyncStream<Void>.Continuation,
        _ visitor: Visitor,
        _ look: @escaping @Sendable (Account) async throws -> Sight?
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await _ in services.jobs.changes(of: visitor.account.id) { signal.yield() }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(settings.feedKeepAliveSeconds))
                    signal.yield()
                }
            }
            var last = ""
            var awaited: Date?
            var written = ContinuousClock.now
            for await _ in signals {
                guard try await sessions.session(token: visitor.token, touching: false) != nil,
                    let account = try await services.accounts.account(visitor.account.id),
                    let sight = try await look(account)
                else { return }
                let isQuiet = ContinuousClock.now - written >= .seconds(settings.feedKeepAliveSeconds)
                if sight.data != last || isQuiet {
                    try await writer.write(
                        ByteBuffer(string: sight.data == last ? ":\n\n" : "data: \(sight.data)\n\n")
                    )
                    last = sight.data
                    written = .now
                }
                if sight.isLast { return }
                if let ends = sight.ends, ends != awaited {
                    awaited = ends
                    // Not a moment too early: then it would look the same, and nobody would look again.
                    group.addTask {
                        try await services.clock.sleep(until: ends.addingTimeInterval(settings.feedIntervalSeconds))
                        signal.yield()
                    }
                }
                try await Task.sleep(for: .seconds(settings.feedIntervalSeconds))
            }
        }
    }
}

extension HTTPField.Name {
    /// Asks proxies of nginx's kind to pass each event on at once.
    static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
