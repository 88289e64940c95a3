import Foundation
import GAS
import Testing

extension MessagingRules {
    func hiddenWhileHeld() async throws {
        try await publish()
        _ = try await receiveOne()
        #expect(try await receive().isEmpty)
        try await clock.advance(seconds: unit)
        #expect(try await receive().isEmpty)
    }

    func visibleAgain() async throws {
        try await publish()
        let first = try await receiveOne()
        try await clock.advance(seconds: 2 * unit)
        #expect(try await receiveOne().messageID == first.messageID)
    }

    func deletedIsGone() async throws {
        try await publish()
        let delivery = try await receiveOne()
        try await queue.delete(delivery.receipt)
        try await queue.delete(delivery.receipt)
        try await clock.advance(seconds: 2 * unit)
        #expect(try await receive().isEmpty)
    }

    func putBack() async throws {
        try await publish()
        let first = try await receiveOne()
        try await queue.putBack(first.receipt, seconds: 2 * unit)
        #expect(try await receive().isEmpty)
        let depth = try await queue.depth()
        #expect(depth.visible == 0 && depth.inFlight + depth.delayed == 1)
        if messaging.tellsPutBack { #expect(depth.delayed == 1) }
        try await clock.advance(seconds: 2 * unit)
        let second = try await receiveOne()
        #expect(second.messageID == first.messageID && second.receiveCount == 2)
        try await queue.putBack(first.receipt, seconds: 0)
        #expect(try await receive().isEmpty)
        #expect(try await queue.depth().inFlight == 1)
    }

    func staleDelete() async throws {
        try await publish()
        let first = try await receiveOne()
        try await clock.advance(seconds: 2 * unit)
        let second = try await receiveOne()
        try await queue.delete(first.receipt)
        try await clock.advance(seconds: 2 * unit)
        let third = try await receiveOne()
        #expect(third.messageID == second.messageID && third.receiveCount == 3)
    }

    func staleHide() async throws {
        try await publish()
        let first = try await receiveOne()
        try await clock.advance(seconds: 2 * unit)
        _ = try await receiveOne()
        try await queue.hide(first.receipt, seconds: 0)
        #expect(try await receive().isEmpty)
        try await queue.hide(first.receipt, seconds: 10 * unit)
        try await clock.advance(seconds: 2 * unit)
        _ = try await receiveOne()
    }

    func hideExtends() async throws {
        try await publish()
        let delivery = try await receiveOne()
        try await clock.advance(seconds: unit)
        try await queue.hide(delivery.receipt, seconds: 3 * unit)
        try await clock.advance(seconds: 2 * unit)
        #expect(try await receive().isEmpty)
        try await clock.advance(seconds: unit)
        _ = try await receiveOne()
    }

    func postponed() async throws {
        try await publish()
        for _ in 1...2 {
            let delivery = try await receiveOne()
            try await queue.postpone(delivery, seconds: 3 * unit)
            try await clock.advance(seconds: 2 * unit)
            #expect(try await receive().isEmpty)
            try await clock.advance(seconds: unit)
        }
        let last = try await receiveOne()
        #expect(last.body == Data("{\"job_id\":\"1\"}".utf8))
        try await queue.delete(last.receipt)
        #expect(try await queue.depth().inFlight == 0)
    }

    func hideZero() async throws {
        try await publish()
        let delivery = try await receiveOne()
        try await queue.hide(delivery.receipt, seconds: 0)
        #expect(try await receiveOne().receiveCount == 2)
    }

    func delay() async throws {
        try await publish()
        #expect(try await receive(messaging.delayed).isEmpty)
        try await clock.advance(seconds: unit)
        #expect(try await receive(messaging.delayed).isEmpty)
        try await clock.advance(seconds: unit)
        #expect(try await receiveOne(messaging.delayed).receiveCount == 1)
    }
}
