import Foundation
import GAS

/// Notifications. See https://docs.stripe.com/webhooks.
extension StripeProvider {
    /// The kind of event that is told when a visit to the checkout page has ended well.
    private static let checkedOut = "checkout.session.completed"
    /// The kinds of event that tell of a subscription begin so.
    private static let subscriptionPrefix = "customer.subscription."

    /// Verifies the signature, then reads the event. Its subject is the subscription; it is empty when the event is about
    /// something else.
    public func read(_ notification: PaymentNotification) throws -> PaymentEvent {
        try StripeSignature(secret: settings.webhookSecret, tolerance: settings.toleranceSeconds)
            .verify(notification.body, header: notification.signature, now: clock.now)
        do {
            let event = try JSONDecoder().decode(StripeEvent.self, from: notification.body)
            return PaymentEvent(
                id: event.id, kind: event.type, subject: try Self.subject(of: event, in: notification.body))
        } catch {
            throw GASError(.invalid, "The notification is not an event of the payment provider.", cause: error)
        }
    }

    private static func subject(of event: StripeEvent, in body: Data) throws -> String {
        if event.type == checkedOut {
            let session = try JSONDecoder().decode(StripeEventData<CheckoutSession>.self, from: body).data.object
            return session.subscription ?? ""
        }
        guard event.type.hasPrefix(subscriptionPrefix) else { return "" }
        return try JSONDecoder().decode(StripeEventData<StripeReference>.self, from: body).data.object.id
    }

    /// Asks Stripe how the subscription stands. One that is alive is noted, and gives Premium; one that is not takes
    /// Premium away only if it is the noted one: somebody who has subscribed again keeps it when the end of the first
    /// subscription is told late.
    public func standing(after event: PaymentEvent) async throws -> PaymentStanding? {
        guard let subscription = try await subscription(event.subject),
            let account = subscription.account.map(AccountID.init(rawValue:))
        else { return nil }
        if subscription.isLive {
            try await note(subscription, of: account)
            return PaymentStanding(account: account, isPaid: true)
        }
        guard try await payments.customer(of: account)?.subscription == subscription.id else { return nil }
        return PaymentStanding(account: account, isPaid: false)
    }
}
