import Foundation

/// The input's own INFO.
extension RecordAnnotator {
    /// Copies INFO without `.` and without fields under our keys.
    func copyInfo(_ info: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        if info.count == 1 && info[0] == UInt8(ascii: ".") { return }
        if !holdsOurs(info) { return output.append(info) }
        var position = 0
        let begin = output.count
        while position < info.count {
            var end = position
            while end < info.count && info[end] != UInt8(ascii: ";") { end += 1 }
            let pair = info.slice(position, end)
            let key = pair.slice(0, pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.count)
            if !isOurs(key) {
                if output.count > begin { output.append(UInt8(ascii: ";")) }
                output.append(pair)
            }
            position = end + 1
        }
    }

    /// Whether a field of the input is under one of our keys: looks at the beginning of every field.
    func holdsOurs(_ info: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        while position < info.count {
            let start = info.baseAddress! + position
            let left = info.count - position
            let end = memchr(start, 59, left).map { UnsafeRawPointer(start).distance(to: $0) } ?? left
            if firstLetters[Int(start[0])] {
                let key = memchr(start, 61, end).map { UnsafeRawPointer(start).distance(to: $0) } ?? end
                if isOurs(info.slice(position, position + key)) { return true }
            }
            position += end + 1
        }
        return false
    }

    func isOurs(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        setup.keys.contains { $0.count == key.count && $0.elementsEqual(key) }
    }

    @inline(__always)
    func separate(_ begin: Int, _ output: inout ByteBuffer) {
        if output.count > begin { output.append(UInt8(ascii: ";")) }
    }
}
