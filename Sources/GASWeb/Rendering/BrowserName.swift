/// What a browser says of itself, in two words.
enum BrowserName {
    /// `Firefox on Linux`; a part of the text itself when it is none of the usual ones.
    static func text(userAgent: String) -> String {
        guard let browser = first(of: browsers, in: userAgent) else {
            let name = userAgent.prefix { $0 != " " }.prefix(40)
            return name.isEmpty ? "An unknown browser" : String(name)
        }
        return first(of: systems, in: userAgent).map { "\(browser) on \($0)" } ?? browser
    }

    /// Each claims to be those that come later too.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]

    private static func first(of names: [(sign: String, name: String)], in text: String) -> String? {
        names.first { text.contains($0.sign) }?.name
    }
}
