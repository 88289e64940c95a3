import Foundation

/// Who runs the service, whom it trusts, and how long it keeps things.
extension Settings {
    static let admins = Setting.names(
        "admins",
        "Accounts that see the pages of administrators: account ids, or e-mail addresses of accounts that sign in here. "
            + "Open the account first: an address that is named here can be taken by nobody.")
    static let contact = Setting.text(
        "contact", "", "Whom to ask about privacy, as people read it on the privacy page. Empty: nobody is named.")
    static let inputDays = Setting.number(
        "retention.input-days", 0, in: 0...36_500,
        "So many days after the end of its job an uploaded file is removed. 0: never.")

    static let forPrivacy: [any AnySetting] = [admins, contact, inputDays]
}

extension Setting where Value == [String] {
    /// Names separated by commas, none by default.
    static func names(_ key: String, _ summary: String) -> Self {
        Setting(key: key, defaultText: "", summary: summary, allowed: "names separated by commas, or empty") {
            parts($0)
        }
    }

    /// The parts between commas, without white space around them.
    static func parts(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
