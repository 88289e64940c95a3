import Foundation
import GAS
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// `/payments/events`: where the payment provider tells what has happened. Its signature is the only key.
struct PaymentNotifications: Sendable {
    let subscriptions: Subscriptions
    /// Largest notification, in bytes.
    let limit: Int

    /// Takes one notification. Anything but success makes the provider send it again later.
    func take(_ call: Call, header: HTTPField.Name) async throws -> Response {
        let notification = PaymentNotification(
            body: try await body(of: call.request),
            signature: call.request.headers[header] ?? ""
        )
        let isRepeated = try await subscriptions.receive(notification)
        call.context.logger.info("payment notification taken", metadata: ["repeated": "\(isRepeated)"])
        return Response(status: .ok)
    }

    private func body(of request: Request) async throws -> Data {
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return Data(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw GASError(.tooLarge, "The notification is too large.")
        }
    }
}
