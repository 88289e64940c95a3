import Foundation
import GAS

/// A provider's keys, kept for a while. A token that fits none of them makes us look whether the provider has new ones,
/// but not more often than now and then: else whoever sends such tokens would make us a nuisance to the provider.
struct KeySet: Sendable {
    private let fetched: Fetched<JSONWebKeySet>
    /// What people call the provider.
    private let provider: String

    init(_ fetched: Fetched<JSONWebKeySet>, provider: String) {
        self.fetched = fetched
        self.provider = provider
    }

    /// Makes sure that a token was signed by the provider.
    /// - Throws: `SignInFailure` when it was not, or the keys cannot be fetched.
    func verify(_ token: SignedToken, _ algorithm: SignatureAlgorithm) async throws {
        let known = try await fetched.copy()
        if hasSigned(known.value, token, algorithm) { return }
        if isFinal(known.value, token, algorithm) { throw failure(known.value, token, algorithm) }
        guard let newer = try await fetched.copy(newerThan: known.time) else {
            throw failure(known.value, token, algorithm)
        }
        guard hasSigned(newer.value, token, algorithm) else { throw failure(newer.value, token, algorithm) }
    }

    private func hasSigned(_ keys: JSONWebKeySet, _ token: SignedToken, _ algorithm: SignatureAlgorithm) -> Bool {
        keys.candidates(id: token.keyID, algorithm).contains {
            $0.hasSigned(token.signed, token.signature, by: algorithm)
        }
    }

    /// Whether new keys could not change the answer: the very key that the token names is here.
    private func isFinal(_ keys: JSONWebKeySet, _ token: SignedToken, _ algorithm: SignatureAlgorithm) -> Bool {
        token.keyID != nil && keys.candidates(id: token.keyID, algorithm).contains { $0.id == token.keyID }
    }

    private func failure(_ keys: JSONWebKeySet, _ token: SignedToken, _ algorithm: SignatureAlgorithm) -> SignInFailure
    {
        let isKnown = !keys.candidates(id: token.keyID, algorithm).isEmpty
        return SignInFailure(isKnown ? .signature : .key, at: provider, detail: algorithm.rawValue)
    }
}
