import Foundation
import GAS

/// Accounts of people who sign in here with e-mail address and password.
public struct LocalAccounts: Sendable {
    let accounts: any AccountStore
    let hasher: PasswordHasher
    private let clock: any WallClock
    /// Which new passwords are taken.
    public let rules: PasswordRules
    private let reservedAddresses: Set<String>

    /// Makes the accounts of a store.
    /// - Parameter reservedAddresses: e-mail addresses that no account can take which does not have them.
    public init(
        accounts: any AccountStore, hasher: PasswordHasher, clock: any WallClock, rules: PasswordRules = .init(),
        reservedAddresses: Set<String> = []
    ) {
        self.accounts = accounts
        self.hasher = hasher
        self.clock = clock
        self.rules = rules
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
        problems[.password] = rules.problem(with: password, of: form)
        if reservedAddresses.contains(form.email) { problems[.email] = Self.takenForSignUp }
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
            return .refused([.email: Self.takenForSignUp])
        }
        return .created(account)
    }

    /// That somebody knew the password of an account.
    public struct Proof: Sendable {
        /// Which account.
        public let account: Account
        let passwordHash: String
    }

    /// Checks an e-mail address and its password.
    /// - Returns: `nil` when there is no such account or the password is another one, and the caller can tell neither by
    ///   the answer nor by the time it takes.
    public func prove(email: String, password: String) async throws -> Proof? {
        let address = Self.signInName(email)
        guard password.utf8.count <= PasswordRules.longestBytes,
            let (account, passwordHash) = try await accounts.localAccount(email: address)
        else {
            try await hasher.pretendToVerify(String(password.prefix(PasswordRules.longestBytes)))
            return nil
        }
        switch try await hasher.verify(password, against: passwordHash) {
        case .wrong:
            return nil
        case .right:
            return Proof(account: account, passwordHash: passwordHash)
        case .rightButOutdated:
            let better = try await hasher.hash(password)
            let isReplaced = try await accounts.replacePasswordHash(of: account.id, from: passwordHash, to: better)
            return Proof(account: account, passwordHash: isReplaced ? better : passwordHash)
        }
    }

    /// Whether the password is still the one that was proven: it may have been changed since, and then nothing that began
    /// on the strength of the old one may go on.
    public func holds(_ proof: Proof) async throws -> Bool {
        guard let now = try await accounts.localAccount(email: proof.account.email) else { return false }
        return now.account.id == proof.account.id && now.passwordHash == proof.passwordHash
    }

    /// Changes what an account says about its owner.
    ///
    /// The e-mail address is what one signs in with, and an open session is not proof enough to take an account over:
    /// changing it needs the password.
    /// - Parameters:
    ///   - password: the current one; looked at only when the address changes.
    ///   - movesAddress: `false` when a new address is looked at only, and becomes the account's when it is confirmed.
    /// - Returns: a sentence per field that was refused; empty when the change was made.
    public func update(
        _ account: Account, to form: ProfileForm, password: String, movesAddress: Bool = true
    ) async throws -> FieldProblems {
        let problems = form.problems
        guard problems.isEmpty else { return problems }
        if form.email != account.email {
            guard !reservedAddresses.contains(form.email) else { return [.email: Self.takenAddress] }
            guard !password.isEmpty else {
                return [.password: "Please enter your current password to change the e-mail address."]
            }
            guard try await confirms(password, of: account) else { return [.password: Self.wrongPassword] }
            guard try await accounts.localAccount(email: form.email) == nil else { return [.email: Self.takenAddress] }
        }
        var changed = account
        changed.name = form.name
        changed.institution = form.institution
        if movesAddress, form.email != account.email {
            changed.email = form.email
            changed.isEmailConfirmed = false
        }
        return try await accounts.updateProfile(changed) ? [:] : [.email: Self.takenAddress]
    }

    /// Whether somebody signs in to an account here, with a password.
    public func isLocal(_ account: Account) async throws -> Bool {
        try await accounts.localAccount(email: account.email)?.account.id == account.id
    }

    /// Whether a password is the one of a local account.
    public func confirms(_ password: String, of account: Account) async throws -> Bool {
        try await prove(email: account.email, password: password)?.account.id == account.id
    }

    /// The one spelling of an e-mail address under which its account is found.
    public static func signInName(_ email: String) -> String {
        ProfileForm(name: "", email: email, institution: "").email
    }

    static let wrongPassword = "This is not your current password."
    // Each is also said of the addresses of administrators without an account, which are nobody's to find out.
    private static let takenAddress = "This e-mail address is that of another account, or is kept for one."
    private static let takenForSignUp =
        "This e-mail address has an account already, or is kept for one. If it is yours, sign in, or choose a new password if "
        + "you have forgotten it; otherwise ask the people who run this service."
}
