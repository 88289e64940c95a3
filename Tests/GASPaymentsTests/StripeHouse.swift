import AsyncHTTPClient
import Crypto
import Foundation
import GAS
import GASPayments
import GASTesting
import Synchronization

/// The adapter with all that surrounds it: the domain with stores in memory, and a server in Stripe's place.
struct StripeHouse: Sendable {
    static let secretKey = "sk_test_not_a_secret"
    static let webhookSecret = "whsec_obviously_not_a_secret"

    let stage: StripeStage
    let clock = EagerClock()
    let payments = InMemoryPaymentStore()
    let accounts = InMemoryAccountStore()
    let restoreRequests: InMemoryQueue
    let archiveRequests: InMemoryQueue
    let provider: StripeProvider
    let subscriptions: Subscriptions
    let ada: Account

    /// Runs a test in a house of its own.
    static func open(
        _ change: @escaping @Sendable (inout StripeSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (StripeHouse) async throws -> Void
    ) async throws {
        let stage = StripeStage()
        try await stage.serve { url in
            var settings = StripeSettings(
                apiURL: url, secretKey: secretKey, webhookSecret: webhookSecret, priceID: "price_premium",
                priceText: "9 EUR a month", publicURL: "https://gas.example.org", timeoutSeconds: 10)
            change(&settings)
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .stripe)
            do {
                try await body(StripeHouse(stage, settings, client))
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }

    private init(_ stage: StripeStage, _ settings: StripeSettings, _ client: HTTPClient) async throws {
        self.stage = stage
        restoreRequests = InMemoryQueue(name: "restore_requests", clock: clock)
        archiveRequests = InMemoryQueue(name: "archive_requests", clock: clock)
        provider = StripeProvider(settings: settings, payments: payments, client: client, clock: clock)
        subscriptions = Subscriptions(
            provider: provider,
            payments: payments,
            roleChange: RoleChange(
                accounts: accounts,
                announcement: RoleAnnouncement(
                    restoreRequests: InMemoryTopic(queues: [restoreRequests]),
                    archiveRequests: InMemoryTopic(queues: [archiveRequests])), audit: InMemoryAuditLog(), clock: clock),
            clock: clock)
        ada = .sample(id: AccountID(rawValue: "ada-1"), email: "ada+test@example.org", at: clock.now)
        _ = try await accounts.add(ada, passwordHash: nil)
    }

    /// Ada as she is now.
    var adaNow: Account {
        get async throws { try await accounts.account(ada.id) ?? ada }
    }

    /// Whether Ada has Premium.
    var isPremium: Bool {
        get async throws { try await adaNow.role == .premium }
    }

    /// How often a change of plan was announced: to Premium, and to Free.
    var announcements: [Int] {
        get async throws { [try await restoreRequests.depth().visible, try await archiveRequests.depth().visible] }
    }

    /// Writes down a subscription of Ada's.
    func setSubscription(_ id: String, _ status: String, account: String? = "ada-1", customer: String = "cus_1") {
        let metadata = account.map { "{\"account_id\": \"\($0)\"}" } ?? "{}"
        stage.set(
            "GET /v1/subscriptions/\(id)",
            .json(
                """
                {"id": "\(id)", "object": "subscription", "status": "\(status)", "customer": "\(customer)",
                 "metadata": \(metadata), "items": {"object": "list", "data": []}, "livemode": false}
                """))
    }

    /// Writes down a visit of Ada's to the checkout page.
    func setSession(
        _ id: String, status: String = "complete", payment: String = "paid", account: String = "ada-1",
        subscription: String? = "sub_1"
    ) {
        stage.set(
            "GET /v1/checkout/sessions/\(id)",
            .json(
                """
                {"id": "\(id)", "object": "checkout.session", "status": "\(status)", "payment_status": "\(payment)",
                 "client_reference_id": "\(account)", "customer": "cus_1", "url": null,
                 "subscription": \(subscription.map { "\"\($0)\"" } ?? "null")}
                """))
    }

    /// Notes that Ada has a subscription.
    func note(_ subscription: String, customer: String = "cus_1") async throws {
        try await payments.save(
            PaymentCustomer(account: ada.id, customer: customer, subscription: subscription))
    }

    /// A signed notification about a subscription.
    func notification(
        _ event: String, of kind: String = "customer.subscription.updated", about subscription: String
    ) -> PaymentNotification {
        notification(
            """
            {"id": "\(event)", "object": "event", "type": "\(kind)",
             "data": {"object": {"id": "\(subscription)", "object": "subscription"}}}
            """)
    }

    /// A signed notification.
    func notification(_ text: String) -> PaymentNotification {
        let time = Int(clock.now.timeIntervalSince1970)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(time).\(text)".utf8), using: SymmetricKey(data: Data(Self.webhookSecret.utf8)))
        let digits = code.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
        return PaymentNotification(body: Data(text.utf8), signature: "t=\(time),v1=\(digits)")
    }
}

/// A clock that stands at the fixtures' time; sleeping takes none, and is noted.
final class EagerClock: WallClock {
    private let slept = Mutex<[Double]>([])

    let now = Date(timeIntervalSince1970: 1_767_225_600)

    var pauses: [Double] { slept.withLock { $0 } }

    func sleep(until deadline: Date) async throws {
        slept.withLock { $0.append(deadline.timeIntervalSince(now)) }
    }
}

/// The code of the `GASError` that a call throws; `nil` when it throws none.
func failure<Value>(_ call: () async throws -> Value) async -> GASError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? GASError ?? GASError(.internal, "Not one of ours: \(error)")
    }
}
