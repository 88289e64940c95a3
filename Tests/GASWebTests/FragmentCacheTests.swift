import Foundation
import GAS
import GASTesting
import GASWeb
import Testing

@Suite struct FragmentCacheTests {
    private let clock = ManualClock()
    private let ada = AccountID()

    private func cache(bytes: Int = 1000) -> FragmentCache { FragmentCache(bytes: bytes, seconds: 60, clock: clock) }

    private func place(_ address: String = "/a") -> FragmentCache.Place { .init(account: ada, address: address) }

    /// Asks for a part in a version.
    /// - Returns: whether it had to be made.
    private func makes(_ cache: FragmentCache, _ place: FragmentCache.Place, _ version: String, bytes: Int = 10) -> Bool
    {
        var isMade = false
        let html = "\(place.account) \(place.address) \(version)".padding(toLength: bytes, withPad: "x", startingAt: 0)
        let given = cache.fragment(at: place, version: version) {
            isMade = true
            return html
        }
        #expect(given == html)
        return isMade
    }

    @Test func isMadeAgainOnlyForAnotherVersion() {
        let cache = cache()
        #expect(makes(cache, place(), "1"))
        #expect(!makes(cache, place(), "1"))
        #expect(makes(cache, place(), "2"))
        #expect(makes(cache, place(), "1"))
    }

    @Test func isOnlyForItsAccountAndAddress() {
        let cache = cache()
        let places = [place(), place("/b"), .init(account: AccountID(), address: "/a")]
        for place in places { #expect(makes(cache, place, "1", bytes: 60)) }
        for place in places { #expect(!makes(cache, place, "1", bytes: 60)) }
    }

    @Test func keepsWhatIsAskedForAndForgetsTheRestWhenThereIsNoRoom() {
        let cache = cache()
        #expect(makes(cache, place("/often"), "1", bytes: 100))
        for index in 0..<50 {
            #expect(makes(cache, place("/\(index)"), "1", bytes: 100))
            #expect(!makes(cache, place("/often"), "1", bytes: 100))
        }
        let kept = (0..<50).filter { !makes(cache, place("/\($0)"), "1", bytes: 100) }
        #expect(kept.count < 10)
    }

    @Test func keepsNothingThatDoesNotFit() {
        let (small, none) = (cache(), cache(bytes: 0))
        for _ in 0..<2 {
            #expect(makes(small, place(), "1", bytes: 600))
            #expect(makes(small, place(String(repeating: "/", count: 600)), "1"))
            #expect(makes(none, place(), "1"))
        }
    }

    @Test func forgetsWhatNobodyAsksFor() {
        let cache = cache()
        #expect(makes(cache, place("/a"), "1"))
        #expect(makes(cache, place("/b"), "1"))
        for _ in 0..<3 {
            clock.advance(seconds: 50)
            #expect(!makes(cache, place("/a"), "1"))
        }
        #expect(makes(cache, place("/b"), "1"))
    }
}
