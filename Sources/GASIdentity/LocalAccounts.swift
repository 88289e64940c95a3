import Foundation
import GAS

/// Accounts of people who sign in here with e-mail address and password.
public struct LocalAccounts: Sendable {
    private let accounts: any AccountStore
    private let hasher: PasswordHasher
    private let clock: any WallClock
    /// Shortest password that is accepted, in characters.
    public let shortestPassword: Int
    private let reservedAddresses: Set<String>

    /// Makes the accounts of a store.
    /// - Parameter reservedAddresses: e-mail addresses that no account can take which does not have them.
    public init(
        accounts: any AccountStore, hasher: PasswordHasher, clock: any WallClock, shortestPassword: Int = 10,
        reservedAddresses: Set<String> = []
    ) {
        self.accounts = accounts
        self.hasher = hasher
        self.clock = clock
        self.shortestPassword = shortestPassword
        self.reservedAddresses = reservedAddresses
    }

    /// What became of a sign-up.
    public enum SignUp: Sendable {
        /// The new account.
        case created(Account)
        /// Nothing was changed; a sentence per field says why.
        case refused(FieldProblems)
    }

    /// Opens an account with the Free plan.
    public func signUp(_ form: ProfileForm, password: String) async throws -> SignUp {
        var problems = form.problems
        problems[.password] = problem(withPassword: password, of: form)
        if reservedAddresses.contains(form.email) { problems[.email] = Self.takenAddress }
        guard problems.isEmpty else { return .refused(problems) }
        let account = Account(
            id: AccountID(),
            name: form.name,
            email: form.email,
            institution: form.institution,
            role: .free,
            created: clock.now
        )
        guard try await accounts.add(account, passwordHash: hasher.hash(password)) else {
            return .refused([.email: Self.takenAddress])
        }
        return .created(account)
    }

    /// The account of an e-mail address and its password; `nil` when there is none or the password is another one,
    /// and the caller can tell neither by the answer nor by the time it takes.
    public func signIn(email: String, password: String) async throws -> Account? {
        let address = Self.signInName(email)
        guard password.utf8.count <= Self.longestPassword,
            let (account, passwordHash) = try await accounts.localAccount(email: address)
        else {
            try await hasher.pretendToVerify(String(password.prefix(Self.longestPassword)))
            return nil
        }
        switch try await hasher.verify(password, against: passwordHash) {
        case .wrong:
            return nil
        case .right:
            return account
        case .rightButOutdated:
            try await accounts.updatePasswordHash(of: account.id, to: hasher.hash(password))
            return account
        }
    }

    /// Changes what an account says about its owner.
    ///
    /// The e-mail address is what one signs in with, and an open session is not proof enough to take an account over:
    /// changing it needs the password.
    /// - Parameter password: the current one; looked at only when the address changes.
    /// - Returns: a sentence per field that was refused; empty when the change was made.
    public func update(_ account: Account, to form: ProfileForm, password: String) async throws -> FieldProblems {
        let problems = form.problems
        guard problems.isEmpty else { return problems }
        if form.email != account.email {
            guard !reservedAddresses.contains(form.email) else { return [.email: Self.takenAddress] }
            guard !password.isEmpty else {
                return [.password: "Please enter your current password to change the e-mail address."]
            }
            guard try await signIn(email: account.email, password: password)?.id == account.id else {
                return [.password: "This is not your current password."]
            }
        }
        var changed = account
        changed.name = form.name
        changed.email = form.email
        changed.institution = form.institution
        return try await accounts.updateProfile(changed) ? [:] : [.email: Self.takenAddress]
    }

    /// Whether somebody signs in to an account here, with a password.
    public func isLocal(_ account: Account) async throws -> Bool {
        try await accounts.localAccount(email: account.email)?.account.id == account.id
    }

    /// Whether a password is the one of a local account.
    public func confirms(_ password: String, of account: Account) async throws -> Bool {
        try await signIn(email: account.email, password: password)?.id == account.id
    }

    /// The one spelling of an e-mail address under which its account is found.
    public static func signInName(_ email: String) -> String {
        ProfileForm(name: "", email: email, institution: "").email
    }

    /// Hashing takes time for every byte.
    private static let longestPassword = 1000
    private static let takenAddress = "There is an account with this e-mail address already."

    private func problem(withPassword password: String, of form: ProfileForm) -> String? {
        if password.count < shortestPassword {
            return "Please choose a password of at least \(shortestPassword) characters."
        }
        if password.utf8.count > Self.longestPassword {
            return "Please choose a password of at most \(Self.longestPassword) bytes."
        }
        let plain = password.lowercased()
        if Set(plain).count < 4 || plain == form.email || plain == form.name.lowercased() {
            return "Please choose a password that is harder to guess."
        }
        return nil
    }
}
