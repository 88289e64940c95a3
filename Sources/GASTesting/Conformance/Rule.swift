import Foundation
import GAS
import Testing

/// One rule of a port, as a case whose raw value states it.
public protocol ConformanceRule: RawRepresentable<String>, CaseIterable, Sendable, CustomTestStringConvertible {}

extension ConformanceRule {
    /// The rule, as test reports show it.
    public var testDescription: String { rawValue }
}

/// Something took longer than a test is prepared to wait.
public struct TookTooLong: Error {
    let seconds: Double
}

/// Runs `body`, for at most so many real seconds.
public func within<Value: Sendable>(
    seconds: Double = 10,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw TookTooLong(seconds: seconds)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}

/// Runs `body` while the clock moves on, a quarter of its unit at a time, until `body` is done.
func whileTimePasses<Value: Sendable>(
    _ clock: any TestClock,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await within(seconds: 30) {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(2))
                    try await clock.advance(seconds: clock.unit / 4)
                }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }
}

/// What so many calls at the same time return.
func inParallel<Value: Sendable>(
    _ count: Int,
    _ body: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for index in 0..<count { group.addTask { try await body(index) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}

/// Expects that `body` throws a `GASError` with this code.
func expectError(
    _ code: GASError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    let error = await #expect(throws: GASError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
}
