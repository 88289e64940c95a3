/// A process, told from every other one that has had its number or will.
public struct ProcessMark: Sendable, Hashable, Codable {
    /// Its number.
    public let id: Int32
    /// The moment it was started, in the kernel's clock ticks.
    public let ticks: Int

    /// Names a process.
    public init(id: Int32, ticks: Int) {
        self.id = id
        self.ticks = ticks
    }
}
