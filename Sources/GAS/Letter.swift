/// What a mail of the service says, as plain text and as an HTML page: a greeting, sentences, and one link.
public struct Letter: Sendable, Hashable {
    /// Whom it greets.
    public var name: String
    /// Says in a line what it is about.
    public var lead: String
    /// Sentences before the link, a paragraph each.
    public var facts: [String]
    /// What the link does.
    public var action: String
    /// Where it leads.
    public var link: String
    /// Sentences behind the link.
    public var notes: [String]
    /// Why this mail came.
    public var reason: String

    /// Writes a letter.
    public init(
        to name: String, lead: String, facts: [String] = [], action: String, link: String, notes: [String] = [],
        reason: String
    ) {
        self.name = name
        self.lead = lead
        self.facts = facts
        self.action = action
        self.link = link
        self.notes = notes
        self.reason = reason
    }

    /// The letter as plain text.
    public var text: String {
        let paragraphs = [
            "Hello \(name),", ([lead] + facts).joined(separator: "\n"), "\(action): \(link)",
            notes.joined(separator: "\n"), "-- \nGenomics Annotation Service\n\(reason)",
        ]
        return paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// The letter as a page; everything in it is escaped.
    public var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>\(escape(lead))</title></head>
        <body style="font-family: sans-serif; color: #1d2733; max-width: 36em; margin: 2em auto; padding: 0 1em;">
        <p>Hello \(escape(name)),</p>
        <p style="font-size: 1.2em;"><strong>\(escape(lead))</strong></p>
        \(paragraphs(facts))
        <p><a href="\(escape(link))" style="display: inline-block; background: #0b5d66; color: #ffffff; \
        padding: .6em 1.2em; border-radius: .4em; text-decoration: none;">\(escape(action))</a></p>
        \(paragraphs(notes))
        <p style="color: #5b6875; font-size: .85em;">Genomics Annotation Service. \(escape(reason))</p>
        </body>
        </html>
        """
    }

    private func paragraphs(_ sentences: [String]) -> String {
        sentences.map { "<p>\(escape($0))</p>" }.joined(separator: "\n")
    }

    private func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}

extension Mail {
    /// A letter to the owner of an account.
    /// - Parameters:
    ///   - address: where it goes; `nil` for the address of the account.
    public init(id: String, to account: Account, at address: String? = nil, subject: String, _ letter: Letter) {
        self.init(
            id: id, account: account.id, recipientName: account.name, recipientAddress: address ?? account.email,
            subject: subject, text: letter.text, html: letter.html)
    }
}
