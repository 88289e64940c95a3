import GASWeb
import Testing

@Suite struct WordingTests {
    @Test(arguments: [
        (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (1141, "1,141"), (1_234_567, "1,234,567"), (-1000, "−1,000"),
    ])
    func counts(number: Int, text: String) {
        #expect(Wording.count(number) == text)
    }

    @Test(arguments: [
        (0, "0 bytes"), (1, "1 byte"), (1023, "1,023 bytes"), (1024, "1 KB"), (1025, "1 KB"), (10_154, "9.9 KB"),
        (33_102, "32.3 KB"), (153_600, "150 KB"), (2_800_595, "2.7 MB"), (10_737_418_240, "10 GB"),
        (185_000_000, "176 MB"),
    ])
    func sizes(bytes: Int, text: String) {
        #expect(Wording.size(bytes) == text)
    }

    @Test func aSizeBeyondALimitDiffersFromTheLimit() {
        #expect(Wording.size(153_601, beyond: 153_600) == "153,601 bytes")
        #expect(Wording.size(175_701, beyond: 153_600) == "172 KB")
    }

    @Test(arguments: [
        (0.0, "0.00 s"), (0.21, "0.21 s"), (4.2, "4.2 s"), (59.96, "60.0 s"), (60, "1 min"), (200, "3 min 20 s"),
        (7500, "2 h 5 min"), (3600, "1 h"), (86_400, "1 day"), (180_000, "2 days 2 h"),
    ])
    func durations(seconds: Double, text: String) {
        #expect(Wording.duration(seconds) == text)
    }

    @Test(arguments: [
        (1.0, "1 second"), (90, "90 seconds"), (300, "5 minutes"), (3600, "1 hour"), (5400, "90 minutes"),
        (604_800, "7 days"),
    ])
    func periods(seconds: Double, text: String) {
        #expect(Wording.period(seconds) == text)
    }

    @Test(arguments: [(0, 10, "0 %"), (1, 1000, "0.1 %"), (45, 100, "45 %"), (1, 1, "100 %"), (0, 0, "–")])
    func shares(part: Int, whole: Int, text: String) {
        #expect(Wording.percent(part, of: whole) == text)
    }
}
