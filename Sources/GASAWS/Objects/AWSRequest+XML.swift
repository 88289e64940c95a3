import Crypto
import Foundation

extension AWSRequest {
    /// A document as S3 wants it: with its MD5.
    mutating func setXML(_ document: String) {
        let bytes = Data(document.utf8)
        headers += [
            ("Content-Type", "application/xml"),
            ("Content-MD5", Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()),
        ]
        body = .data(bytes)
    }
}
