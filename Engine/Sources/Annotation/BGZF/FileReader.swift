import Foundation

/// A file read front to back through one buffer.
struct FileReader: ~Copyable {
    private let descriptor: Int32
    private var buffer: ByteBuffer
    private var position = 0
    private(set) var atEnd = false
    /// Bytes taken from the file so far.
    private(set) var bytesRead = 0
    let size: Int
    private let name: String

    init(path: String, name: String) throws(AnnotationError) {
        self.name = name
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw AnnotationError(.inputOutput, "\(name) cannot be opened: \(String(cString: strerror(errno))).")
        }
        var information = stat()
        fstat(descriptor, &information)
        size = Int(information.st_size)
        buffer = ByteBuffer(capacity: 1 << 18)
    }

    deinit { close(descriptor) }

    /// The unread bytes in the buffer.
    var available: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: buffer.base + position, count: buffer.count - position)
    }

    mutating func consume(_ count: Int) { position += count }

    /// Reads until at least `wanted` bytes are available or the file ends; false if it ended before.
    mutating func need(_ wanted: Int) throws(AnnotationError) -> Bool {
        while buffer.count - position < wanted && !atEnd { try more() }
        return buffer.count - position >= wanted
    }

    private mutating func more() throws(AnnotationError) {
        if position > 0 {
            buffer.removeFirst(position)
            position = 0
        }
        let descriptor = descriptor
        var fault: Int32 = 0
        let got = buffer.fill(upTo: 1 << 18) { room in
            while true {
                let got = read(descriptor, room, 1 << 18)
                if got >= 0 { return got }
                if errno != EINTR {
                    fault = errno
                    return 0
                }
            }
        }
        // A disk that fails is no end of the file.
        if fault != 0 {
            throw AnnotationError(.inputOutput, "\(name) cannot be read: \(String(cString: strerror(fault))).")
        }
        bytesRead += got
        if got == 0 { atEnd = true }
    }
}
