import GAS

/// New passwords.
extension LocalAccounts {
    /// Replaces the password of somebody who knows it.
    /// - Parameter prepare: called when nothing speaks against the change, before it is made; what it throws prevents it.
    /// - Returns: a sentence per field that was refused; empty when the password was replaced.
    public func changePassword(
        of account: Account, from current: String, to new: String, prepare: () async throws -> Void = {}
    ) async throws -> FieldProblems {
        guard let proof = try await prove(email: account.email, password: current), proof.account.id == account.id
        else {
            return [.password: Self.wrongPassword]
        }
        if new == current { return [.newPassword: "This is the password that you have already."] }
        if let problem = rules.problem(with: new, of: ProfileForm(account)) { return [.newPassword: problem] }
        let hash = try await hasher.hash(new)
        try await prepare()
        let isReplaced = try await accounts.replacePasswordHash(of: account.id, from: proof.passwordHash, to: hash)
        // Somebody else was faster, and what was the current password is none any more.
        return isReplaced ? [:] : [.password: Self.wrongPassword]
    }

    /// Replaces the password of somebody who has proved in another way who they are.
    /// - Returns: `false` when the account is not there any more, or not a local one.
    func replacePassword(of account: Account, with new: String) async throws -> Bool {
        let hash = try await hasher.hash(new)
        // A sign-in at the same time may have renewed the hash; one try more than there are costs of hashes.
        for _ in 0..<Self.tries {
            guard let now = try await accounts.localAccount(email: account.email), now.account.id == account.id else {
                return false
            }
            if try await accounts.replacePasswordHash(of: account.id, from: now.passwordHash, to: hash) { return true }
        }
        throw GASError(.conflict, "The password was changed from several places at once. Please try again.")
    }

    private static let tries = 4
}

extension ProfileForm {
    /// What an account says about its owner.
    init(_ account: Account) {
        self.init(name: account.name, email: account.email, institution: account.institution)
    }
}
