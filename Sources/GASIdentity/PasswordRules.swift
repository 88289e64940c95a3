import CZxcvbn
import Foundation
import GAS

/// Which new passwords are taken: those that are long enough, and that do not come early to somebody who guesses.
///
/// How many guesses a password takes is estimated by libzxcvbn (Wheeler, "zxcvbn: Low-Budget Password Strength
/// Estimation", USENIX Security 2016). It knows the most common passwords, which come first, words and names, and what
/// people do to them: capitals, digits for letters, years, repetition, rows of keys. Which kinds of characters a password
/// is made of does not matter.
public struct PasswordRules: Sendable, Hashable {
    /// Shortest password, in characters.
    public var shortest: Int
    /// Least estimated strength in bits, the binary logarithm of the number of guesses.
    public var strength: Double
    /// Words that somebody guesses first who guesses passwords of this very service.
    public var words: [String]

    /// States the rules.
    public init(shortest: Int = 10, strength: Double = 25, words: [String] = ["gas", "genomics", "annotation"]) {
        self.shortest = shortest
        self.strength = strength
        self.words = words
    }

    /// Hashing takes time for every byte.
    static let longestBytes = 1000
    /// The estimate takes longer than in proportion, and nothing behind this changes it.
    private static let estimatedCharacters = 100
    /// Shorter parts of names are in too many words.
    private static let shortestWord = 3

    /// What is wrong with a new password, in a sentence; `nil` when it is taken.
    /// - Parameter form: who chooses it: their name and address are guessed first.
    public func problem(with password: String, of form: ProfileForm) -> String? {
        if password.count < shortest { return "Please choose a password of at least \(shortest) characters." }
        if password.utf8.count > Self.longestBytes {
            return "Please choose a password of at most \(Self.longestBytes) bytes."
        }
        guard estimate(password, of: form) >= strength else {
            return
                "This password is easily guessed. Please choose another one, such as four words that have nothing to do "
                + "with each other."
        }
        return nil
    }

    /// The estimated strength of a secret about which nothing else is known, in bits.
    public static func strength(of secret: String) -> Double {
        bits(String(secret.prefix(estimatedCharacters)), known: [])
    }

    /// The estimated strength, in bits.
    func estimate(_ password: String, of form: ProfileForm) -> Double {
        let personal = [form.name, form.email, form.institution].map { $0.lowercased() }
        let parts = personal.flatMap { $0.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init) }
        let known = (personal + parts + words.map { $0.lowercased() }).filter { $0.count >= Self.shortestWord }
        return Self.bits(String(password.prefix(Self.estimatedCharacters)), known: known)
    }

    private static func bits(_ password: String, known: [String]) -> Double {
        let copies = known.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        var words = copies.map { UnsafePointer<CChar>($0) } + [nil]
        return ZxcvbnMatch(password, &words, nil)
    }
}
