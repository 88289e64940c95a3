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
            problems[.name] = "Please enter a name of at most 100 characters on one line."
        }
        if !isAddress(email) {
            problems[.email] = "Please enter an e-mail address such as ada@example.org."
        }
        if !isShortLine(institution) {
            problems[.institution] = "Please enter an institution of at most 100 characters on one line."
        }
        return problems
    }

    private func isShortLine(_ text: String) -> Bool {
        text.count <= 100 && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// Whether mail could be addressed so. Only mail itself can tell whether somebody is there.
    private func isAddress(_ text: String) -> Bool {
        let sides = text.split(separator: "@", omittingEmptySubsequences: false)
        guard sides.count == 2, (1...64).contains(sides[0].utf8.count), (3...189).contains(sides[1].utf8.count)
        else { return false }
        let isPlain = text.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.properties.generalCategory != .control
                && !"\"(),:;<>[\\]".unicodeScalars.contains($0)
        }
        let labels = sides[1].split(separator: ".", omittingEmptySubsequences: false)
        return isPlain && labels.count >= 2 && labels.allSatisfy { !$0.isEmpty && $0.first != "-" && $0.last != "-" }
    }
}

/// The fields of the forms about an account.
public enum ProfileField: String, Sendable, Hashable, CaseIterable {
    case name, email, institution, password, newPassword
}

/// What is wrong with a form: a sentence per field.
public typealias FieldProblems = [ProfileField: String]
