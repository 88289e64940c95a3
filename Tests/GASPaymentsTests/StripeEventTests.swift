import Foundation
import GAS
import GASPayments
import GASTesting
import HTTPTypes
import Testing

/// Notifications: repeated, late, out of order, and about other things.
@Suite struct StripeEventTests {
    @Test func subjectIsTheSubscription() async throws {
        try await StripeHouse.open { house async throws in
            let checkout = house.notification(
                """
                {"id": "evt_1", "type": "checkout.session.completed",
                 "data": {"object": {"id": "cs_1", "mode": "subscription", "subscription": "sub_1"}}}
                """)
            #expect(
                try house.provider.read(checkout)
                    == PaymentEvent(id: "evt_1", kind: "checkout.session.completed", subject: "sub_1"))
            let purchase = house.notification(
                #"{"id": "e", "type": "checkout.session.completed", "data": {"object": {"id": "cs_1"}}}"#)
            #expect(try house.provider.read(purchase).subject == "")
            let balance = house.notification(
                #"{"id": "e", "type": "balance.available", "data": {"object": {"object": "balance"}}}"#)
            #expect(try house.provider.read(balance).subject == "")
            let ended = house.notification("e", of: "customer.subscription.deleted", about: "sub_9")
            #expect(try house.provider.read(ended).subject == "sub_9")
        }
    }

    @Test(arguments: [
        "", "null", "[]", "{}", "\u{0}", #"{"id": "evt_1"}"#, #"{"type": "balance.available"}"#,
        #"{"id": 1, "type": "balance.available"}"#,
        #"{"id": "e", "type": "customer.subscription.updated"}"#,
        #"{"id": "e", "type": "customer.subscription.updated", "data": {"object": {}}}"#,
        #"{"id": "e", "type": "checkout.session.completed", "data": {"object": null}}"#,
        String(repeating: "[", count: 10_000),
    ])
    func signedNonsenseIsInvalid(_ text: String) async throws {
        try await StripeHouse.open { house async throws in
            #expect(await failure { try await house.subscriptions.receive(house.notification(text)) }?.code == .invalid)
        }
    }

    @Test func anEventAloneGivesPremium() async throws {
        try await StripeHouse.open { house async throws in
            house.setSubscription("sub_1", "active")
            #expect(try await !house.subscriptions.receive(house.notification("evt_1", about: "sub_1")))
            #expect(try await house.isPremium)
            #expect(try await house.payments.customer(of: house.ada.id)?.subscription == "sub_1")
        }
    }

    @Test func theSameEventTwiceIsDealtWithOnce() async throws {
        try await StripeHouse.open { house async throws in
            house.setSubscription("sub_1", "active")
            let notification = house.notification("evt_1", about: "sub_1")
            #expect(try await !house.subscriptions.receive(notification))
            let asked = house.stage.asked
            #expect(try await house.subscriptions.receive(notification))
            #expect(house.stage.asked == asked)
            #expect(try await house.announcements == [1, 0])
        }
    }

    @Test func anEventThatFailsIsTakenAgain() async throws {
        try await StripeHouse.open { house async throws in
            house.stage.set("GET /v1/subscriptions/sub_1", .refusal(.serviceUnavailable))
            let notification = house.notification("evt_1", about: "sub_1")
            #expect(await failure { try await house.subscriptions.receive(notification) }?.code == .unavailable)
            #expect(try await !house.isPremium)
            house.setSubscription("sub_1", "active")
            #expect(try await !house.subscriptions.receive(notification))
            #expect(try await house.isPremium)
        }
    }

    @Test func eventsOutOfOrderEndAsStripeStands() async throws {
        try await StripeHouse.open { house async throws in
            // The subscription has ended before any event about it comes, the last one first.
            house.setSubscription("sub_1", "canceled")
            for (index, kind) in ["deleted", "updated", "created"].enumerated() {
                let notification = house.notification(
                    "evt_\(index)", of: "customer.subscription.\(kind)", about: "sub_1")
                try await house.subscriptions.receive(notification)
            }
            #expect(try await !house.isPremium)
            #expect(try await house.announcements == [0, 0])
        }
    }

    @Test func theEndOfTheSubscriptionTakesPremiumAway() async throws {
        try await StripeHouse.open { house async throws in
            house.setSubscription("sub_1", "active")
            try await house.subscriptions.receive(house.notification("evt_1", about: "sub_1"))
            house.setSubscription("sub_1", "past_due")
            try await house.subscriptions.receive(house.notification("evt_2", about: "sub_1"))
            #expect(try await house.isPremium)
            house.setSubscription("sub_1", "canceled")
            let end = house.notification("evt_3", of: "customer.subscription.deleted", about: "sub_1")
            try await house.subscriptions.receive(end)
            #expect(try await !house.isPremium)
            #expect(try await house.announcements == [1, 1])
        }
    }

    @Test func theLateEndOfAnOldSubscriptionTakesNothing() async throws {
        try await StripeHouse.open { house async throws in
            house.setSubscription("sub_1", "active")
            try await house.subscriptions.receive(house.notification("evt_1", about: "sub_1"))
            house.setSubscription("sub_1", "canceled")
            house.setSubscription("sub_2", "active")
            try await house.subscriptions.receive(house.notification("evt_3", about: "sub_2"))
            let late = house.notification("evt_2", of: "customer.subscription.deleted", about: "sub_1")
            try await house.subscriptions.receive(late)
            #expect(try await house.isPremium)
            #expect(try await house.payments.customer(of: house.ada.id)?.subscription == "sub_2")
        }
    }

    @Test func aPaymentThatFailedTakesNothingFromWhoeverHasPremiumOtherwise() async throws {
        try await StripeHouse.open { house async throws in
            _ = try await house.accounts.changeRole(of: house.ada.id, from: .free, to: .premium, at: house.clock.now)
            house.setSubscription("sub_1", "incomplete")
            try await house.subscriptions.receive(house.notification("evt_1", about: "sub_1"))
            #expect(try await house.isPremium)
        }
    }

    @Test func whatCannotBeAttributedIsTakenAndChangesNothing() async throws {
        try await StripeHouse.open { house async throws in
            house.setSubscription("sub_foreign", "active", account: nil)
            house.setSubscription("sub_stranger", "active", account: "nobody")
            for (index, id) in ["sub_foreign", "sub_stranger", "sub_unknown", "not/an/id"].enumerated() {
                try await house.subscriptions.receive(house.notification("evt_\(index)", about: id))
            }
            #expect(try await !house.isPremium)
            #expect(try await house.announcements == [0, 0])
            #expect(!house.stage.asked.contains { $0.contains("not") })
        }
    }
}
