import Foundation

extension ReceivedMail {
    /// Reads a message as a mail program does, as far as our own messages need it.
    public init(message: String) {
        let head = message.components(separatedBy: "\r\n\r\n")[0].replacing("\r\n ", with: " ")
        let fields = head.components(separatedBy: "\r\n").map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: parts[0].lowercased(), value: parts[1].trimmingCharacters(in: .whitespaces))
        }
        let to = fields.filter { ["to", "cc", "bcc"].contains($0.name) }.compactMap { field in
            field.value.split(separator: "<").last?.split(separator: ">").first.map(String.init)
        }
        let words = (fields.first { $0.name == "subject" }?.value ?? "").components(separatedBy: "?= =?")
        let subject = words.map { word in
            guard let base64 = word.split(separator: "?").last(where: { $0 != "=" }), word.contains("utf-8?B?"),
                let data = Data(base64Encoded: String(base64))
            else { return word }
            return String(decoding: data, as: UTF8.self)
        }.joined()
        self.init(recipients: Set(to), subject: subject, fields: Set(fields.map(\.name)))
    }
}
