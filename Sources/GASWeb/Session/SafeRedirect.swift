/// Where to go after signing in, when the address says so: only to pages of ours.
enum SafeRedirect {
    /// The target if it is a path on this site, or else `fallback`.
    ///
    /// Browsers treat a backslash as a slash and drop tabs and line ends, so that `/\evil` and `/<tab>/evil` lead to
    /// another host just as `//evil` does.
    static func target(_ text: String, fallback: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard scalars.first == "/", scalars.count <= 2000, scalars.count < 2 || scalars[1] != "/",
            scalars.allSatisfy({ ("!"..."~").contains($0) && $0 != "\\" })
        else { return fallback }
        return text
    }
}
