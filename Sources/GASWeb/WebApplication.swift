import Foundation
import GAS
import GASIdentity
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import ServiceLifecycle

/// The web server: pages, event streams, and the door to the object store.
public struct WebApplication: Service {
    package let application: Application<RouterResponder<WebContext>>
    package let routes: [Route]
    private let address: String

    /// Reads templates, assets and certificate, and prepares the server; `run` then serves.
    /// - Parameter onRunning: called with the port once the server listens.
    /// - Throws: `invalid` with a remedy when a file that is needed cannot be read.
    public init(
        settings: WebSettings,
        services: WebServices,
        logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) async throws {
        let assets = try AssetLibrary(settings: settings)
        let pages = try await PageRenderer(settings: settings, assets: assets)
        let sessions = Sessions(
            store: services.sessions,
            clock: services.clock,
            lifetime: .init(
                idle: settings.sessionIdleSeconds, absolute: settings.sessionAbsoluteSeconds,
                touch: settings.sessionTouchSeconds)
        )
        let cookie = SessionCookie(isSecure: settings.isPublicHTTPS)
        let gate = Gate(
            settings: settings,
            services: services,
            sessions: sessions,
            cookie: cookie,
            errors: ErrorAnswers(pages: pages),
            limits: RequestLimits(settings: settings, clock: services.clock),
            announcements: AnnouncementBoard(
                store: services.operations.announcements, clock: services.clock,
                seconds: settings.announcementSeconds)
        )
        routes =
            RouteTable(
                settings: settings,
                services: services,
                sessions: sessions,
                cookie: cookie,
                pages: pages,
                assets: assets,
                samples: try Samples(directory: settings.sampleDirectory),
                throttle: SignInGuard(settings: settings, clock: services.clock)
            ).routes
        address = "\(settings.host):\(settings.port)"
        application = Application(
            router: Self.router(routes, gate: gate, settings: settings),
            server: try Self.server(settings),
            configuration: .init(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? settings.port) },
            logger: logger
        )
    }

    /// Serves until it is shut down: then open pages get their answers, and event streams end.
    public func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE || error.errnoCode == EACCES {
            throw GASError(
                .unavailable,
                "The web server cannot listen on \(address): the port is taken, or this user may not use it.",
                cause: error
            )
        }
    }

    private static func router(_ routes: [Route], gate: Gate, settings: WebSettings) -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        router.add(middleware: RequestLog())
        router.add(middleware: SecurityHeaders(settings: settings))
        router.add(middleware: ClientAddress(trusted: settings.trustedProxies, settings: settings, gate: gate))
        router.add(middleware: AddressLimit(limits: gate.limits, gate: gate))
        router.add(middleware: WayOn(routes: routes))
        router.add(middleware: UnknownRoutes(routes: routes, gate: gate))
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                await gate.respond(request, context, route: route)
            }
            guard route.answersHead else { continue }
            router.on(RouterPath(route.path), method: .head) { request, context in
                await gate.respond(request, context, route: route).createHeadResponse()
            }
        }
        return router
    }

    private static func server(_ settings: WebSettings) throws -> HTTPServerBuilder {
        let limits = SlowRequestGuard.Limits(
            head: .milliseconds(Int64(settings.headSeconds * 1000)),
            bytes: settings.bodyPeriodBytes,
            period: .milliseconds(Int64(settings.bodyPeriodSeconds * 1000))
        )
        let fields = SecurityHeaders.bareFields(settings)
        let http = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [
                    HostRulePlacement(), SlowRequestGuard(limits: limits), BareAnswerHeaders(fields: fields),
                ],
                idleTimeout: .milliseconds(Int64(settings.idleConnectionSeconds * 1000)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: settings.headerBytes,
                    maxHeaderListSize: settings.headerBytes
                )
            )
        )
        guard let files = settings.tls else { return http }
        return try .tls(http, tlsConfiguration: tls(files))
    }

    private static func tls(_ files: WebSettings.TLSFiles) throws -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificateChain)
            let key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
            configuration.minimumTLSVersion = .tlsv12
            // Of TLS 1.2 only what is authenticated and has forward secrecy (RFC 9325 section 4.2).
            configuration.cipherSuiteValues = [
                .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            ]
            configuration.applicationProtocols = ["http/1.1"]
            return configuration
        } catch {
            throw GASError(
                .invalid,
                "The certificate \(files.certificateChain) or its key \(files.privateKey) cannot be read.",
                cause: error
            )
        }
    }
}
