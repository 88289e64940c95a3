extension Unicode.Scalar {
    /// Whether it is nothing that people see, but a control character, one that is invisible or turns the direction of
    /// what follows, or one that ends a line or a paragraph (general categories Cc, Cf, Zl and Zp; The Unicode Standard,
    /// section 4.5). In a name or in a log it makes what stands there look like something else.
    public var isHidden: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension String {
    /// The text without characters that are hidden.
    public var withoutHidden: String { String(UnicodeScalarView(unicodeScalars.filter { !$0.isHidden })) }

    /// The text with a code such as `\u{202E}` in place of each character that is hidden.
    public var showingHidden: String {
        guard unicodeScalars.contains(where: \.isHidden) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isHidden {
                text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}
