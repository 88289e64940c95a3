/// How badly the world behaves, as shares of all cases.
struct Weather {
    /// Messages that are lost.
    var loss = 0.0
    /// Messages that come twice.
    var repetition = 0.0
    /// Messages that come late, and so out of order.
    var delay = 0.0
    /// Calls that fail, before or after their effect.
    var failure = 0.0
    /// Calls before which the process is killed.
    var death = 0.0
    /// Expedited retrievals that are refused.
    var refusal = 0.0

    /// Everything works.
    static let calm = Weather()

    /// Weather for a history: some is only rough, some has no failures at all.
    init(using random: inout SeededRandom) {
        self.init()
        loss = random.chance(0.5) ? 0.1 : 0
        repetition = random.chance(0.7) ? 0.2 : 0
        delay = random.chance(0.8) ? 0.4 : 0
        failure = random.chance(0.5) ? 0.05 : 0
        death = random.chance(0.5) ? 0.03 : 0
        refusal = random.chance(0.5) ? 0.5 : 0
    }

    private init() {}
}
