import Foundation
import GAS
import GASPayments
import GASTesting
import HTTPTypes
import Testing

/// Paying, coming back, the portal, and the end.
@Suite struct StripeCheckoutTests {
    static let opened = StripeStage.Answer.json(
        #"{"id": "cs_1", "object": "checkout.session", "status": "open", "url": "https://checkout.stripe.com/c/cs_1"}"#)

    @Test func newcomersAreSentToCheckout() async throws {
        try await StripeHouse.open { house async throws in
            house.stage.set("POST /v1/checkout/sessions", Self.opened)
            let step = try await house.subscriptions.begin(house.ada)
            #expect(step == .redirect("https://checkout.stripe.com/c/cs_1"))
            #expect(try await !house.isPremium)
            let call = try #require(house.stage.calls.first)
            #expect(
                call.form == [
                    "mode": "subscription",
                    "line_items[0][price]": "price_premium",
                    "line_items[0][quantity]": "1",
                    "client_reference_id": "ada-1",
                    "subscription_data[metadata][account_id]": "ada-1",
                    "customer_email": "ada+test@example.org",
                    "success_url": "https://gas.example.org/subscribe/done?session_id={CHECKOUT_SESSION_ID}",
                    "cancel_url": "https://gas.example.org/subscribe",
                ])
            #expect(call.headers[.authorization] == "Bearer \(StripeHouse.secretKey)")
            #expect(call.headers[.contentType] == "application/x-www-form-urlencoded")
            #expect(call.headers[HTTPField.Name("Stripe-Version")!] == "2024-10-28.acacia")
            #expect(call.headers[HTTPField.Name("Idempotency-Key")!]?.count == 36)
        }
    }

    @Test func aKnownCustomerIsTheSameAgain() async throws {
        try await StripeHouse.open { house async throws in
            try await house.note("sub_old", customer: "cus_7")
            house.setSubscription("sub_old", "canceled")
            house.stage.set("POST /v1/checkout/sessions", Self.opened)
            _ = try await house.subscriptions.begin(house.ada)
            let form = try #require(house.stage.calls.last?.form)
            #expect(form["customer"] == "cus_7" && form["customer_email"] == nil)
        }
    }

    @Test func aCustomerDeletedAtStripeIsMadeAnew() async throws {
        try await StripeHouse.open { house async throws in
            try await house.note("sub_old")
            house.stage.set(
                "POST /v1/checkout/sessions",
                .refusal(.badRequest, code: "resource_missing", param: "customer"), Self.opened)
            #expect(
                try await house.subscriptions.begin(house.ada) == .redirect("https://checkout.stripe.com/c/cs_1"))
            #expect(house.stage.calls.last?.form["customer_email"] == "ada+test@example.org")
        }
    }

    @Test func whoeverPaysAlreadyPaysNoSecondTime() async throws {
        try await StripeHouse.open { house async throws in
            try await house.note("sub_1")
            house.setSubscription("sub_1", "active")
            #expect(try await house.subscriptions.begin(house.ada) == .settled)
            #expect(try await house.isPremium)
            #expect(house.stage.asked == ["GET /v1/subscriptions/sub_1"])
        }
    }

    @Test func aPriceThatStripeDoesNotKnowIsOurFault() async throws {
        try await StripeHouse.open { house async throws in
            house.stage.set(
                "POST /v1/checkout/sessions",
                .refusal(.badRequest, code: "resource_missing", param: "line_items[0][price]"))
            let error = await failure { try await house.provider.subscribe(house.ada) }
            #expect(error?.code == .internal)
            #expect(error?.cause?.contains("line_items[0][price]") == true)
        }
    }

    @Test func whoHasPaidHasPremium() async throws {
        try await StripeHouse.open { house async throws in
            house.setSession("cs_1")
            house.setSubscription("sub_1", "active")
            #expect(try await house.subscriptions.finish("cs_1", by: house.ada))
            #expect(try await house.isPremium)
            #expect(
                try await house.payments.customer(of: house.ada.id)
                    == PaymentCustomer(account: house.ada.id, customer: "cus_1", subscription: "sub_1"))
            // Reloading the page changes nothing.
            #expect(try await house.subscriptions.finish("cs_1", by: house.adaNow))
            #expect(try await house.announcements == [1, 0])
        }
    }

    @Test(arguments: ["active", "trialing", "past_due"])
    func freeTrialsAndLateCardsArePremium(_ status: String) async throws {
        try await StripeHouse.open { house async throws in
            house.setSession("cs_1", payment: "no_payment_required")
            house.setSubscription("sub_1", status)
            #expect(try await house.provider.isPaid("cs_1", by: house.ada))
        }
    }

    @Test(arguments: ["canceled", "unpaid", "paused", "incomplete", "incomplete_expired", "something new"])
    func aSubscriptionThatIsNotAliveIsNot(_ status: String) async throws {
        try await StripeHouse.open { house async throws in
            house.setSession("cs_1")
            house.setSubscription("sub_1", status)
            #expect(try await !house.subscriptions.finish("cs_1", by: house.ada))
            #expect(try await !house.isPremium)
            #expect(try await house.payments.customer(of: house.ada.id) == nil)
        }
    }

    @Test func aVisitThatWasNotPaidGivesNothing() async throws {
        try await StripeHouse.open { house async throws in
            house.setSubscription("sub_1", "active")
            house.setSubscription("sub_bob", "active", account: "bob-1")
            house.setSession("cs_open", status: "open", payment: "unpaid", subscription: nil)
            house.setSession("cs_unpaid", payment: "unpaid")
            house.setSession("cs_expired", status: "expired", payment: "unpaid")
            house.setSession("cs_bob", account: "bob-1")
            house.setSession("cs_mixed", subscription: "sub_bob")
            house.setSession("cs_none", subscription: nil)
            for id in ["cs_open", "cs_unpaid", "cs_expired", "cs_bob", "cs_mixed", "cs_none", "cs_unknown"] {
                #expect(try await !house.subscriptions.finish(id, by: house.ada), "\(id)")
            }
            #expect(try await !house.isPremium)
        }
    }

    @Test(arguments: [
        "", "cs_1/../cs_2", "cs_1?x", "cs 1", "cs-1", "cs_é", "cs_1%2e", String(repeating: "a", count: 256),
    ])
    func aReferenceThatIsNoneIsNotAskedAbout(_ reference: String) async throws {
        try await StripeHouse.open { house async throws in
            #expect(await failure { try await house.provider.isPaid(reference, by: house.ada) }?.code == .invalid)
            #expect(house.stage.asked == [])
        }
    }

    @Test func thePortalIsForCustomers() async throws {
        try await StripeHouse.open { house async throws in
            house.stage.set(
                "POST /v1/billing_portal/sessions",
                .json(#"{"id": "bps_1", "url": "https://billing.stripe.com/p/1"}"#),
                .refusal(.badRequest, code: "resource_missing", param: "customer"))
            #expect(try await house.subscriptions.portal(for: house.ada) == nil)
            #expect(house.stage.asked == [])
            try await house.note("sub_1")
            #expect(try await house.subscriptions.portal(for: house.ada) == "https://billing.stripe.com/p/1")
            #expect(
                house.stage.calls.last?.form
                    == ["customer": "cus_1", "return_url": "https://gas.example.org/profile"])
            // The customer was deleted at Stripe.
            #expect(try await house.subscriptions.portal(for: house.ada) == nil)
        }
    }

    @Test func cancellingEndsTheSubscriptionFirst() async throws {
        try await StripeHouse.open { house async throws in
            try await house.note("sub_1")
            house.setSubscription("sub_1", "active")
            _ = try await house.subscriptions.begin(house.ada)
            house.stage.set("DELETE /v1/subscriptions/sub_1", .refusal(.internalServerError))
            #expect(await failure { try await house.subscriptions.cancel(house.ada) }?.code == .unavailable)
            #expect(try await house.isPremium)
            house.stage.set("DELETE /v1/subscriptions/sub_1", .json(#"{"id": "sub_1", "status": "canceled"}"#))
            try await house.subscriptions.cancel(house.ada)
            #expect(try await !house.isPremium)
            #expect(try await house.announcements == [1, 1])
        }
    }

    @Test func endingWhatHasEndedIsNoError() async throws {
        try await StripeHouse.open { house async throws in
            try await house.provider.cancel(house.ada.id)
            #expect(house.stage.asked == [])
            try await house.note("sub_1")
            try await house.provider.cancel(house.ada.id)
            #expect(house.stage.asked == ["DELETE /v1/subscriptions/sub_1"])
        }
    }
}
