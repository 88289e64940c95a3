import Foundation
import GAS
import GASIdentity
import GASTesting
import Testing

/// The time that a sign-in takes does not tell whether there is an account.
///
/// Both kinds of tries are made in turn, so that whatever else the machine does falls on both alike, and compared by the
/// Mann-Whitney statistic: how often a try at an unknown address took longer than one with a wrong password. One half
/// means that nothing can be told. On a busy machine a round can go wrong by chance, so the best of a few rounds counts; a
/// shortcut fails every round by a wide margin, as the second test shows.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct SignInTimingTests {
    private static let tries = 60
    private static let rounds = 4
    /// With 60 of each kind, and no difference, the share lies within 0.12 of one half in 98 rounds of 100.
    private static let tolerance = 0.12

    private let form = ProfileForm(name: "Ada", email: "ada@example.org", institution: "")

    private func signedUp() async throws -> LocalAccounts {
        let locals = LocalAccounts(
            accounts: InMemoryAccountStore(), hasher: PasswordHasher(cost: .init(logRounds: 10)), clock: ManualClock())
        guard case .created = try await locals.signUp(form, password: "difference engine") else {
            throw GASError(.internal, "The sign-up was refused.")
        }
        return locals
    }

    /// How often the second took longer, ties being halves.
    private func share(
        _ first: () async throws -> Void, _ second: () async throws -> Void
    ) async throws -> Double {
        let clock = ContinuousClock()
        var (one, other) = ([Duration](), [Duration]())
        for number in 0..<Self.tries {
            // In either order, for the second of a pair finds warmer caches.
            if number.isMultiple(of: 2) {
                one.append(try await clock.measure { try await first() })
                other.append(try await clock.measure { try await second() })
            } else {
                other.append(try await clock.measure { try await second() })
                one.append(try await clock.measure { try await first() })
            }
        }
        let wins = other.reduce(0.0) { sum, time in
            sum + one.reduce(0.0) { $0 + (time > $1 ? 1 : time == $1 ? 0.5 : 0) }
        }
        return wins / Double(one.count * other.count)
    }

    private func leastDifference(_ first: () async throws -> Void, _ second: () async throws -> Void) async throws
        -> Double
    {
        var least = 1.0
        for _ in 0..<Self.rounds where least > Self.tolerance {
            least = min(least, abs(try await share(first, second) - 0.5))
        }
        return least
    }

    @Test(arguments: ["nobody@example.org", "", "not an address"])
    func anUnknownAddressTakesAsLongAsAWrongPassword(address: String) async throws {
        let locals = try await signedUp()
        let difference = try await leastDifference {
            let proof = try await locals.prove(email: form.email, password: "wrong")
            #expect(proof?.account == nil)
        } _: {
            let proof = try await locals.prove(email: address, password: "wrong")
            #expect(proof?.account == nil)
        }
        #expect(difference <= Self.tolerance)
    }

    /// The test itself: a server that looks first whether there is an account is found out.
    @Test func aShortcutWouldBeSeen() async throws {
        let locals = try await signedUp()
        let difference = try await leastDifference {
            _ = try await locals.prove(email: form.email, password: "wrong")
        } _: {
            // Hashes with half the memory are still told apart, and no hash at all all the more.
            _ = try PasswordHash(password: "wrong", cost: .init(logRounds: 9))
        }
        #expect(difference > 0.3)
    }
}
