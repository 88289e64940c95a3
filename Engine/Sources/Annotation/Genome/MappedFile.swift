import Foundation

/// A file mapped read-only into memory; its pages are shared by all processes that open it.
final class MappedFile: @unchecked Sendable {
    let start: UnsafeRawPointer
    let count: Int

    /// Maps `path`, which must be exactly `size` bytes long.
    init(path: String, size: Int) throws(AnnotationError) {
        let name = path.split(separator: "/").suffix(2).joined(separator: "/")
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw AnnotationError(.badReference, "The reference lacks its file \(name); build it again.")
        }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, Int(information.st_size) == size else {
            throw AnnotationError(.badReference, "The reference's file \(name) has the wrong size; build it again.")
        }
        count = size
        if size == 0 {
            start = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16))
            return
        }
        guard let place = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), place != MAP_FAILED else {
            throw AnnotationError(.inputOutput, "The reference's file \(name) cannot be mapped into memory.")
        }
        start = UnsafeRawPointer(place)
    }

    deinit {
        if count == 0 { start.deallocate() } else { munmap(UnsafeMutableRawPointer(mutating: start), count) }
    }

    /// The contents as a table of `Element`, which must be a plain fixed-size type.
    func table<Element: BitwiseCopyable>(of type: Element.Type) -> UnsafeBufferPointer<Element> {
        let elements = count / MemoryLayout<Element>.stride
        return UnsafeBufferPointer(start: start.bindMemory(to: type, capacity: max(elements, 1)), count: elements)
    }
}
