import Foundation
import GAS
import GASPayments
import GASTesting
import HTTPTypes
import Testing

/// What Stripe or the network refuse: retries, errors, and that the key shows up in none of them.
@Suite struct StripeClientTests {
    static let found = StripeStage.Answer.json(
        #"{"id": "sub_1", "status": "active", "customer": "cus_1", "metadata": {"account_id": "ada-1"}}"#)
    static let path = "GET /v1/subscriptions/sub_1"

    /// Asks for a subscription.
    func ask(_ house: StripeHouse) async -> GASError? {
        await failure {
            try await house.provider.standing(after: PaymentEvent(id: "e", kind: "k", subject: "sub_1"))
        }
    }

    @Test(arguments: [429, 409, 500, 502, 503, 504])
    func aRequestThatFailedForTheMomentIsRepeated(_ status: Int) async throws {
        try await StripeHouse.open { house async throws in
            let refusal = StripeStage.Answer.refusal(.init(code: status))
            house.stage.set(Self.path, refusal, refusal, Self.found)
            #expect(await ask(house) == nil)
            #expect(house.stage.asked.count == 3)
            let pauses = house.clock.pauses
            #expect(pauses.count == 2)
            #expect((0.25...0.5).contains(pauses[0]) && (0.5...1).contains(pauses[1]), "\(pauses)")
        }
    }

    @Test func aConnectionThatBrokeIsMadeAgain() async throws {
        try await StripeHouse.open { house async throws in
            house.stage.set(Self.path, .broken, Self.found)
            #expect(await ask(house) == nil)
            #expect(house.stage.asked.count == 2)
        }
    }

    @Test func repetitionsOfAPostHaveOneKey() async throws {
        try await StripeHouse.open { house async throws in
            house.stage.set("POST /v1/checkout/sessions", .refusal(.badGateway), .broken, StripeCheckoutTests.opened)
            _ = try await house.provider.subscribe(house.ada)
            _ = try await house.provider.subscribe(house.ada)
            let name = try #require(HTTPField.Name("Idempotency-Key"))
            let keys = house.stage.calls.map { $0.headers[name] ?? "" }
            #expect(keys.count == 4)
            #expect(Set(keys.prefix(3)).count == 1 && keys[0] != keys[3])
            #expect(Set(house.stage.calls.map(\.form)).count == 1)
        }
    }

    @Test func stripeKnowsBest() async throws {
        try await StripeHouse.open { house async throws in
            let name = try #require(HTTPField.Name("Stripe-Should-Retry"))
            house.stage.set(Self.path, .refusal(.internalServerError, headers: [name: "false"]), Self.found)
            #expect(await ask(house)?.code == .unavailable)
            house.stage.set(Self.path, .refusal(.badRequest, headers: [name: "true"]), Self.found)
            #expect(await ask(house) == nil)
            #expect(house.stage.asked.count == 3)
        }
    }

    @Test(arguments: [
        (400, "parameter_invalid", GASError.Code.internal), (401, "api_key_expired", .internal),
        (402, "card_declined", .internal), (403, "", .internal), (404, "url_invalid", .notFound),
        (400, "resource_missing", .notFound), (429, "rate_limit", .unavailable), (503, "", .unavailable),
    ])
    func refusalsHaveACodeAndACause(_ status: Int, _ code: String, _ expected: GASError.Code) async throws {
        try await StripeHouse.open { house async throws in
            try await house.note("sub_1")
            let request = try #require(HTTPField.Name("Request-Id"))
            house.stage.set(
                "POST /v1/checkout/sessions",
                .refusal(.init(code: status), code: code.isEmpty ? nil : code, headers: [request: "req_1"]))
            let error = try #require(await failure { try await house.provider.subscribe(house.ada) })
            // A thing that is missing is looked for twice, and is our fault then.
            #expect(error.code == (expected == .notFound ? .internal : expected))
            #expect(error.cause?.contains("status \(status)") == true && error.cause?.contains("req_1") == true)
            #expect(code.isEmpty || error.cause?.contains(code) == true)
            #expect(!"\(error)".contains("sk_test"))
        }
    }

    @Test(arguments: ["", "null", "<html>", #"{"id": "sub_1"}"#])
    func anAnswerThatMakesNoSenseIsAFault(_ text: String) async throws {
        try await StripeHouse.open { house async throws in
            house.stage.set(Self.path, .json(text))
            #expect(await ask(house)?.code == .internal)
            house.stage.set(Self.path, .json(text, status: .badGateway))
            #expect(await ask(house)?.code == .unavailable)
        }
    }

    @Test func nobodyThereIsUnavailable() async throws {
        try await StripeHouse.open({ $0.apiURL = "http://127.0.0.1:1" }) { house async throws in
            #expect(await ask(house)?.code == .unavailable)
            #expect(house.clock.pauses.count == 2)
        }
    }

    @Test func waitingHasAnEnd() async throws {
        try await StripeHouse.open({ $0.timeoutSeconds = 0.3 }) { house async throws in
            house.stage.set(Self.path, .stalled)
            let start = ContinuousClock.now
            #expect(await ask(house)?.code == .unavailable)
            #expect(ContinuousClock.now - start < .seconds(1.8))
            #expect(house.stage.asked.count == 1)
        }
    }

    @Test func cancellingTheTaskIsNoFailureOfStripe() async throws {
        try await StripeHouse.open { house async throws in
            house.stage.set(Self.path, .stalled)
            let task = Task {
                try await house.provider.standing(after: PaymentEvent(id: "e", kind: "k", subject: "sub_1"))
            }
            try await Task.sleep(for: .milliseconds(200))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func theKeyIsNeverShown() async throws {
        // A key that cannot stand in a header is what HTTP clients like to quote.
        try await StripeHouse.open({ $0.secretKey = "sk_test_broken\nkey" }) { house async throws in
            let error = try #require(await ask(house))
            #expect(error.code == .unavailable)
            #expect(!"\(error)".contains("sk_test"))
            #expect(house.stage.asked == [])
        }
        try await StripeHouse.open { house async throws in
            var text = ""
            dump(house.provider, to: &text)
            text += "\(house.provider)" + String(reflecting: house.provider)
            #expect(!text.contains("sk_test") && !text.contains("whsec"), "\(text)")
        }
    }
}
