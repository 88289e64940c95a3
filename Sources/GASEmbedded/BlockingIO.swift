import Dispatch

/// Runs blocking file operations on threads of their own, so that those that run tasks never wait for a disk.
struct BlockingIO: Sendable {
    private let queue = DispatchQueue(label: "gas.files", attributes: .concurrent)

    /// Runs `body` and waits for it without blocking.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
