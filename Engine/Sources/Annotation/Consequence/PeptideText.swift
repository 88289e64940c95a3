import Foundation

/// Peptides and codons compared as text.
extension CodingJudge {
    func same(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        left.count == right.count && memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
    }

    func holds(_ text: UnsafeBufferPointer<UInt8>, _ letter: Unicode.Scalar) -> Bool {
        memchr(text.baseAddress!, Int32(letter.value), text.count) != nil
    }

    func begins(_ text: UnsafeBufferPointer<UInt8>, with part: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count >= part.count && memcmp(text.baseAddress!, part.baseAddress!, part.count) == 0
    }

    func ends(_ text: UnsafeBufferPointer<UInt8>, with part: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count >= part.count
            && memcmp(text.baseAddress! + text.count - part.count, part.baseAddress!, part.count) == 0
    }
}
