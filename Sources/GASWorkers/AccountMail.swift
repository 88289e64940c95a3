import GAS

/// How the mails about accounts read.
public struct AccountMail: Sendable {
    private let publicURL: String

    /// - Parameter publicURL: the address of the web server, without a slash at the end.
    public init(publicURL: String) {
        self.publicURL = publicURL
    }

    /// The mail with the link for a new password.
    func reset(_ notice: AccountNotice, of account: Account, by link: ResetLink) -> Mail {
        Mail(
            id: "password-forgotten-\(notice.id)", to: account, subject: "Choose a new password",
            Letter(
                to: account.name, lead: "Somebody, hopefully you, has forgotten the password of your account.",
                facts: ["You sign in with the e-mail address \(account.email)."],
                action: "Choose a new password", link: link.address,
                notes: [
                    "The link works once, within \(LinkLifetime.words(link.lifetime)). Give it to nobody."
                ],
                reason: "If it was not you, do nothing: your password stays as it is."))
    }

    /// The mail that says that the password is another one now.
    func changed(_ notice: AccountNotice, of account: Account) -> Mail {
        Mail(
            id: "password-changed-\(notice.id)", to: account, subject: "Your password was changed",
            Letter(
                to: account.name, lead: "Your password was changed.",
                facts: [
                    "You are signed out in every other browser. If it was you, there is nothing to do.",
                    "If it was not you, somebody else knows your password or reads your mail. Choose a new one at once.",
                ],
                action: "Choose a new password", link: publicURL + "/password",
                reason: "You get this mail because it is about your account."))
    }
}
