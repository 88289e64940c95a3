import Foundation
import GAS

/// What a provider says about a person (OpenID Connect Core 1.0, section 5.1; `organization` and the identity provider's
/// name are Globus Auth's). Each claim may be missing, null or of a kind that makes no sense, and is left out then.
struct PersonalClaims: Sendable, Decodable {
    private let subject: String?
    private let name: String?
    private let givenName: String?
    private let familyName: String?
    private let preferredUsername: String?
    private let email: String?
    private let isEmailVerified: Bool?
    private let organization: String?
    private let identityProvider: String?

    private enum CodingKeys: String, CodingKey {
        case sub, name, email, organization
        case givenName = "given_name"
        case familyName = "family_name"
        case preferredUsername = "preferred_username"
        case emailVerified = "email_verified"
        case identityProvider = "identity_provider_display_name"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) -> String? {
            (try? container.decode(String.self, forKey: key)).flatMap(Self.line)
        }
        subject = try? container.decode(String.self, forKey: .sub)
        name = text(.name)
        givenName = text(.givenName)
        familyName = text(.familyName)
        preferredUsername = text(.preferredUsername)
        email = text(.email)
        // Some providers write it as text.
        isEmailVerified =
            (try? container.decode(Bool.self, forKey: .emailVerified)) ?? text(.emailVerified).map { $0 == "true" }
        organization = text(.organization)
        identityProvider = text(.identityProvider)
    }

    /// Whether these claims are about a person.
    func areAbout(_ subject: String) -> Bool { self.subject == subject }

    /// What of it can be used. An address that the provider itself does not trust is none.
    var details: PersonalDetails {
        let parts = [givenName, familyName].compactMap { $0 }.joined(separator: " ")
        let address = ProfileForm(name: "", email: isEmailVerified == false ? "" : email ?? "", institution: "")
        return PersonalDetails(
            name: name ?? Self.line(parts) ?? preferredUsername ?? "",
            email: address.problems[.email] == nil ? address.email : nil,
            institution: organization ?? identityProvider ?? "")
    }

    /// The text on one line of at most 100 characters that can be seen; `nil` when nothing is left.
    private static func line(_ text: String) -> String? {
        let line = String(text.withoutHidden.trimmingCharacters(in: .whitespaces).prefix(100))
        return line.isEmpty ? nil : line
    }
}
