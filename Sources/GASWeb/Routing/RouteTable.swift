import GAS
import GASIdentity
import HTTPTypes
import Hummingbird

/// Everything that can be asked for, each with the rule that says by whom. There is no other way to add a route.
struct RouteTable: Sendable {
    let settings: WebSettings
    let services: WebServices
    let sessions: Sessions
    let cookie: SessionCookie
    let pages: PageRenderer
    let assets: AssetLibrary
    let samples: Samples
    /// One for all pages that ask for a password.
    let throttle: SignInGuard

    /// The table.
    var routes: [Route] {
        publicRoutes + accountRoutes + dataRoutes + planRoutes + jobRoutes + adminRoutes + objectRoutes
    }

    private var publicRoutes: [Route] {
        let home = HomePage(pages: pages, plans: services.plans, assemblies: settings.assemblies)
        let health = HealthChecks(checks: services.readiness)
        let privacy = PrivacyPage(pages: pages, plans: services.plans, settings: settings)
        return [
            Route(.get, "/", .anyone(home.show)),
            Route(.get, "/privacy", .anyone(privacy.show)),
            Route(.get, "/healthz", .anyone(health.live), answer: .data),
            Route(.get, "/readyz", .anyone(health.ready), answer: .data),
            Route(.get, "/assets/{name}", .anyone(assets.respond)),
            Route(.get, "/samples/{name}", .anyone(samples.respond)),
        ]
    }

    private var dataRoutes: [Route] {
        let activity = ActivityPage(pages: pages, services: services, perPage: settings.rowsPerPage)
        let deletion = DeletionPage(pages: pages, services: services, throttle: throttle, cookie: cookie)
        let export = AccountExport(
            services: services,
            settings: settings,
            slots: FeedSlots(limit: 1, retrySeconds: settings.feedRetrySeconds)
        )
        return [
            Route(.get, "/profile/activity", .signedIn(activity.show)),
            Route(.post, "/profile/export", .signedIn(export.send)),
            Route(.get, "/profile/delete", .signedIn(deletion.show)),
            Route(.post, "/profile/delete", .signedIn(deletion.delete)),
        ]
    }

    private var adminRoutes: [Route] {
        let overview = OverviewPage(pages: pages, services: services)
        let accounts = AccountsPage(pages: pages, services: services, perPage: settings.rowsPerPage)
        let jobs = JobsPage(pages: pages, services: services, perPage: settings.rowsPerPage)
        let queue = QueuePage(pages: pages, services: services, perPage: settings.rowsPerPage)
        let announcement = AnnouncementPage(pages: pages, services: services)
        let farm = FarmPage(pages: pages, store: services.operations.farm, clock: services.clock)
        let audit = AuditLogPage(pages: pages, log: services.audit, perPage: settings.rowsPerPage)
        return [
            Route(.get, "/admin", .admin(overview.show)),
            Route(.get, "/admin/accounts", .admin(accounts.show)),
            Route(.get, "/admin/accounts/{account}", .admin(accounts.showOne)),
            Route(.get, "/admin/audit", .admin(audit.show)),
            Route(.get, "/admin/farm", .admin(farm.show)),
            Route(.get, "/admin/jobs", .admin(jobs.show)),
            Route(.get, "/admin/queues/{queue}", .admin(queue.show)),
            Route(.post, "/admin/queues/{queue}/replay", .admin(queue.replay)),
            Route(.get, "/admin/announcement", .admin(announcement.show)),
            Route(.post, "/admin/announcement", .admin(announcement.save)),
        ]
    }

    private var planRoutes: [Route] {
        let subscribe = SubscribePage(pages: pages, services: services)
        let notifications = PaymentNotifications(subscriptions: services.subscriptions, limit: settings.formBytes)
        let routes = [
            Route(.get, "/subscribe", .member(subscribe.show)),
            Route(.post, "/subscribe", .member(subscribe.begin)),
            Route(.get, "/subscribe/done", .member(subscribe.showEnd)),
            Route(.post, "/subscribe/done", .member(subscribe.finish)),
            Route(.post, "/unsubscribe", .signedIn(subscribe.cancel)),
            Route(.post, "/billing", .premium(subscribe.openPortal)),
        ]
        guard let header = services.subscriptions.signatureHeader.flatMap({ HTTPField.Name($0) }) else { return routes }
        return routes + [
            Route(
                .post, "/payments/events", .signature { try await notifications.take($0, header: header) },
                answer: .data)
        ]
    }

    private var jobRoutes: [Route] {
        let annotate = AnnotatePage(
            pages: pages,
            objects: services.objects,
            plans: services.plans,
            samples: samples,
            clock: services.clock,
            settings: settings
        )
        let submission = Submission(services: services, settings: settings)
        let list = AnnotationsPage(
            pages: pages,
            services: services,
            settings: settings,
            fragments: FragmentCache(
                bytes: settings.fragmentBytes, seconds: settings.fragmentSeconds, clock: services.clock)
        )
        let details = AnnotationPage(pages: pages, services: services, settings: settings)
        let files = JobFiles(pages: pages, services: services, settings: settings)
        let cancellation = Cancellation(services: services)
        let feeds = JobFeeds(
            stream: EventStream(
                services: services,
                sessions: sessions,
                slots: FeedSlots(limit: settings.feedsPerAccount, retrySeconds: settings.feedRetrySeconds),
                settings: settings
            ),
            list: list,
            services: services
        )
        return [
            Route(.get, "/annotate", .member(annotate.show)),
            Route(.get, "/annotate/job", .member(submission.submit), answer: .upload),
            Route(.get, "/annotations", .member(list.show)),
            Route(.get, "/annotations/events", .member(feeds.followList), answer: .feed),
            Route(.get, "/annotations/{id}", .reader(details.show)),
            Route(.get, "/annotations/{id}/events", .reader(feeds.followJob), answer: .feed),
            Route(.get, "/annotations/{id}/log", .reader(files.showLog)),
            Route(.get, "/annotations/{id}/files/{file}", .owner(files.download)),
            Route(.post, "/annotations/{id}/cancel", .owner(cancellation.cancel)),
        ]
    }

    private var objectRoutes: [Route] {
        guard let endpoint = services.endpoint else { return [] }
        let receiver = UploadReceiver(
            endpoint: endpoint, services: services, sessions: sessions, settings: settings)
        let sender = DownloadSender(
            endpoint: endpoint, accounts: services.accounts, keyPrefix: settings.keyPrefix)
        return [
            Route(.post, "/objects/{bucket}", .signature(receiver.respond), answer: .upload),
            Route(.get, "/objects/{bucket}/**", .signature(sender.respond)),
        ]
    }
}
