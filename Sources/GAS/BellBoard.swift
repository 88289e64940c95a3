/// Bells for any number of channels, a channel being a name such as a queue's. Channels are spread over a fixed number of
/// slots, so two may share a bell: who is woken looks anew.
package struct BellBoard: Sendable {
    /// How many bells there are.
    package static let slots = 64

    private let bells = (0..<slots).map { _ in Bell() }

    /// Makes a board whose bells have not rung yet.
    package init() {}

    /// The bell of a channel.
    package subscript(_ channel: String) -> Bell { bells[Self.slot(of: channel)] }

    /// Rings the bell of a slot; one that does not exist is ignored, for it was named by somebody else.
    package func ring(slot: Int) {
        if bells.indices.contains(slot) { bells[slot].ring() }
    }

    /// Rings all bells.
    package func ringAll() {
        for bell in bells { bell.ring() }
    }

    /// The same in every process, which Swift's own hash is not (FNV-1a).
    package static func slot(of channel: String) -> Int {
        let hash = channel.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Int((hash ^ (hash >> 32)) % UInt64(slots))
    }
}
