import Foundation

/// Says under which name a browser saves a file (RFC 6266).
enum ContentDisposition {
    /// The header's value: a name in ASCII for old browsers, and the real one percent-encoded (RFC 8187). Quotes,
    /// backslashes, line ends and whatever is not ASCII never reach the quoted form.
    static func attachment(_ name: String) -> String {
        let plain = String(
            name.unicodeScalars.map { scalar in
                (" "..."~").contains(scalar) && !"\"\\%;".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
            }
        )
        let encoded = PercentEncoding.encode(name)
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }
}
