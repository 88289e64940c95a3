import Foundation

/// A queue with what could not be dealt with, and the way back.
public struct DeadLetterOffice: Sendable {
    /// Where the messages came from.
    public let queue: any Queue
    /// Where they are now.
    public let deadLetters: any Queue
    /// Publishes to the queue they came from.
    public let entrance: any Topic

    /// Received so many at a time, as every adapter can.
    private static let batch = 10
    /// Hidden from others for so long while they are looked at, in seconds.
    private static let look = 2.0
    /// And for so long while they are sent back.
    private static let send = 60.0

    /// Names the three.
    public init(queue: any Queue, deadLetters: any Queue, entrance: any Topic) {
        self.queue = queue
        self.deadLetters = deadLetters
        self.entrance = entrance
    }

    /// Looks at some of the messages; they stay, and are hidden for two seconds.
    public func letters(limit: Int) async throws -> [Delivery] {
        var letters: [Delivery] = []
        while letters.count < limit {
            let more = try await deadLetters.receive(
                limit: min(Self.batch, limit - letters.count), visibility: Self.look, wait: 0)
            guard !more.isEmpty else { break }
            letters += more
        }
        return letters
    }

    /// Sends messages back into the queue they came from. When it is cut off between the two steps, a message is in both
    /// places, and is handled once more: handlers bear that.
    /// - Parameter limit: at most so many, so that those that come back at once do not go round for ever.
    /// - Returns: how many.
    public func replay(limit: Int) async throws -> Int {
        var count = 0
        while count < limit {
            let letters = try await deadLetters.receive(
                limit: min(Self.batch, limit - count), visibility: Self.send, wait: 0)
            guard !letters.isEmpty else { break }
            for letter in letters {
                try await entrance.publish(letter.body)
                try await deadLetters.delete(letter.receipt)
                count += 1
            }
        }
        return count
    }
}
