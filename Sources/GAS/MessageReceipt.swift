/// Proof of one delivery, of queues that are tables: which message, and which of its deliveries. A later delivery makes
/// it worthless.
package struct MessageReceipt {
    /// Which message.
    package let id: Int
    /// Which of its deliveries, the first being 1.
    package let receiveCount: Int

    /// Proves a delivery.
    package init(id: Int, receiveCount: Int) {
        self.id = id
        self.receiveCount = receiveCount
    }

    /// Reads a receipt; `nil` for one of another kind of queue.
    package init?(_ receipt: Delivery.Receipt) {
        let parts = receipt.rawValue.split(separator: ".").map { Int($0) }
        guard parts.count == 2, let id = parts[0], let receiveCount = parts[1] else { return nil }
        self.init(id: id, receiveCount: receiveCount)
    }

    /// As queues hand it out.
    package var wrapped: Delivery.Receipt { Delivery.Receipt(rawValue: "\(id).\(receiveCount)") }
}
