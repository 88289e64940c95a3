import GAS
import GASIdentity
import Testing

@Suite struct ProfileFormTests {
    private static let hidden = [
        "\u{202E}", "\u{2028}", "\u{2029}", "\u{200B}", "\u{2066}", "\u{FEFF}", "\u{1B}", "\n",
    ]

    @Test(arguments: hidden)
    func namesAreSeenAsTheyAre(_ sign: String) {
        let form = ProfileForm(name: "Ada\(sign)L", email: "ada@example.org", institution: "Engines\(sign)Ltd")
        #expect(Set(form.problems.keys) == [.name, .institution])
    }

    @Test func whatSurroundsAFieldIsDropped() {
        let form = ProfileForm(name: " Ada\u{2028}", email: "\tAda@Example.org\n", institution: "\u{A0}")
        #expect(form.name == "Ada" && form.email == "ada@example.org" && form.institution.isEmpty)
        #expect(form.problems.isEmpty)
    }

    /// Otherwise somebody has an account to which no mail can be sent.
    @Test(arguments: [
        "ü@example.org", "ada@münchen.de", "ada\u{200B}@example.org", "a..b@example.org", "ada@localhost", "ada", "",
    ])
    func anAddressIsOneForMails(_ email: String) {
        let form = ProfileForm(name: "Ada", email: email, institution: "")
        #expect(form.problems[.email] != nil && form.problems[.email] == MailAddress.problem(with: email))
    }
}
