import GAS
import GASIdentity
import GASTesting
import Testing

@Suite struct PasswordRulesTests {
    private let ada = ProfileForm(
        name: "Ada Lovelace", email: "ada.byron@example.org", institution: "Analytical Engines")

    /// Common ones, in the ways in which people decorate them, and those that somebody guesses who knows whose it is.
    @Test(arguments: [
        "password123", "Password123!", "P@ssw0rd2024", "passwordpassword", "qwertyuiop", "1234567890", "1q2w3e4r5t",
        "1qaz2wsx3edc", "iloveyou123", "letmein12345", "trustno1trustno1", "superman1234", "qwerty12345", "michael1990",
        "Summer2024!", "aaaaaaaaaaaa", "abcdefghijkl", "mississippi", "unbelievable", "football2023", "sunshine123",
        "ada lovelace", "AdaLovelace1", "lovelaceada", "ada.byron@example.org", "genomics2026",
        "gasgasgas123",
    ])
    func whatComesEarlyToWhoGuessesIsRefused(password: String) throws {
        let problem = try #require(PasswordRules().problem(with: password, of: ada))
        #expect(problem.hasPrefix("This password is easily guessed."))
    }

    @Test(arguments: [
        "correct horse battery staple", "difference engine", "J8f#k2Lq9!", "tr0ub4dor&3", "xkqjzvwpyb",
        "шифровальная машина",
        "caf\u{E9} noir \u{1F9EC} encore",
    ])
    func whateverIsHardToGuessIsTaken(password: String) {
        #expect(PasswordRules().problem(with: password, of: ada) == nil)
    }

    @Test func lengthComesFirst() {
        #expect(PasswordRules().problem(with: "J8f#k2Lq9", of: ada)?.contains("at least 10 characters") == true)
        #expect(PasswordRules(shortest: 9).problem(with: "J8f#k2Lq9", of: ada) == nil)
        let long = String(repeating: "J8f#k2Lq9!", count: 101)
        #expect(PasswordRules().problem(with: long, of: ada)?.contains("at most 1000 bytes") == true)
    }

    /// People let managers choose long ones, or take a sentence; none is cut off.
    @Test(arguments: [64, 999, 1000])
    func longPasswordsAreTaken(bytes: Int) async throws {
        let password = String(String(repeating: "J8f#k2Lq9!zW", count: 84).prefix(bytes - 1)) + "y"
        #expect(password.utf8.count == bytes && PasswordRules().problem(with: password, of: ada) == nil)
        let accounts = LocalAccounts(
            accounts: InMemoryAccountStore(), hasher: PasswordHasher(cost: .init(logRounds: 4)), clock: ManualClock())
        guard case .created = try await accounts.signUp(ada, password: password) else {
            Issue.record("It was refused.")
            return
        }
        #expect(try await accounts.prove(email: ada.email, password: password) != nil)
        #expect(try await accounts.prove(email: ada.email, password: String(password.dropLast()) + "x") == nil)
    }

    @Test func whoRunsTheServiceSaysMore() {
        #expect(PasswordRules().problem(with: "zylophonquark", of: ada) == nil)
        #expect(PasswordRules(words: ["Zylophonquark"]).problem(with: "zylophonquark", of: ada) != nil)
        #expect(PasswordRules(strength: 80).problem(with: "difference engine", of: ada) != nil)
    }

    @Test func oddBytesAreNoTrouble() {
        for password in [
            "\0\0\0\0\0\0\0\0\0\0\0", "\u{FEFF}\u{202E}aaaaaaaaaa", String(repeating: "\u{1F9EC}", count: 200),
        ] {
            _ = PasswordRules().problem(with: password, of: ada)
        }
        #expect(PasswordRules().problem(with: "password12\0J8f#k2Lq9!", of: ada) != nil)
    }
}
