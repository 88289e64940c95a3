import Foundation
import GAS

/// What a person says about themselves, checked field by field.
public struct ProfileForm: Sendable, Hashable {
    /// What to call them.
    public var name: String
    /// Where mails go, in lower case.
    public var email: String
    /// Where they work; may be empty.
    public var institution: String

    /// Takes the fields as typed; white space around them is dropped and the e-mail address put in lower case.
    public init(name: String, email: String, institution: String) {
        self.name = name.trimmingCharacters(in: .whitespacesAndNewlines)
        self.email = email.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        self.institution = institution.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// One sentence for each field that cannot be accepted.
    public var problems: FieldProblems {
        var problems = FieldProblems()
        if name.isEmpty {
            problems[.name] = "Please enter your name."
        } else if !isShortLine(name) {
            problems[.name] = "Please enter a name of at most 100 characters on one line, none of them invisible."
        }
        problems[.email] = MailAddress.problem(with: email)
        if !isShortLine(institution) {
            problems[.institution] =
                "Please enter an institution of at most 100 characters on one line, none of them invisible."
        }
        return problems
    }

    private func isShortLine(_ text: String) -> Bool {
        text.count <= 100 && !text.unicodeScalars.contains(where: \.isHidden)
    }
}

/// The fields of the forms about an account.
public enum ProfileField: String, Sendable, Hashable, CaseIterable {
    case name, email, institution, password, newPassword
}

/// What is wrong with a form: a sentence per field.
public typealias FieldProblems = [ProfileField: String]
