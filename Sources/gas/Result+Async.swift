extension Result where Failure == any Error {
    /// What came of it, kept until other things are done.
    init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
