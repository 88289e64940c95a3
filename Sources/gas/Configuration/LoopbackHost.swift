/// Hosts at which nobody but this machine answers.
enum LoopbackHost {
    /// As they stand in settings and addresses.
    static let names: Set<String> = ["localhost", "127.0.0.1", "::1", "[::1]"]
}
