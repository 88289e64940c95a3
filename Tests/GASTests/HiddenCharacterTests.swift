import GAS
import Testing

@Suite struct HiddenCharacterTests {
    @Test(arguments: [
        "\u{202E}", "\u{2066}", "\u{2028}", "\u{2029}", "\u{200B}", "\u{FEFF}", "\u{AD}", "\u{E0041}", "\n", "\r",
        "\u{85}",
        "\u{1B}", "\0", "\u{7F}",
    ])
    func hidden(_ text: String) {
        #expect(text.unicodeScalars.allSatisfy { $0.isHidden })
        #expect("a\(text)b".withoutHidden == "ab")
        #expect("a\(text)b".showingHidden.withoutHidden == "a\(text)b".showingHidden)
    }

    @Test(arguments: ["Žofie \"Ž\" 李", "Zoë", "e\u{301}", "عائشة", "🧬", "a\\u{202E}"])
    func seen(_ text: String) {
        #expect(text.withoutHidden == text && text.showingHidden == text)
    }

    @Test func whatIsHiddenIsShownByItsCode() {
        #expect("a\u{202E}b\r\n\u{E0041}".showingHidden == "a\\u{202E}b\\u{D}\\u{A}\\u{E0041}")
    }
}
