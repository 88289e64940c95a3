import Foundation
import GASIdentity
import Testing

@Suite struct PasswordHashTests {
    private let cheap = PasswordHash.Cost(logRounds: 4)

    @Test func aHashKnowsItsPasswordAlone() throws {
        let hash = try PasswordHash(password: "correct horse", cost: cheap)
        #expect(try hash.matches("correct horse"))
        #expect(try !hash.matches("correct horsf"))
        #expect(try !hash.matches(""))
    }

    @Test func textHoldsCostAndSaltAndIsReadBack() throws {
        let hash = try PasswordHash(password: "correct horse", cost: cheap)
        #expect(hash.text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(hash.text.split(separator: "$").suffix(2).allSatisfy { !$0.contains("=") })
        let read = try #require(PasswordHash(hash.text))
        #expect(read == hash)
        #expect(try read.matches("correct horse"))
    }

    @Test func twoHashesOfOnePasswordDiffer() throws {
        #expect(
            try PasswordHash(password: "same", cost: cheap).text != PasswordHash(password: "same", cost: cheap).text
        )
    }

    /// The hash was made by another implementation of RFC 7914, OpenSSL's by way of Python's `hashlib.scrypt`.
    @Test func understandsAHashMadeElsewhere() throws {
        let text = "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$x0jHUFkpNBiJVwY1AhuH7NuyxVlkarFnXjRNhp1B/eU"
        #expect(try PasswordHash(text)?.matches("pleaseletmein") == true)
    }

    @Test func aPasswordIsTheSameHoweverItsAccentsWereTyped() throws {
        let hash = try PasswordHash(password: "caf\u{E9} au lait", cost: cheap)
        #expect(try hash.matches("cafe\u{301} au lait"))
    }

    @Test(arguments: [
        "", "$", "$scrypt$$$", "plain text", "$scrypt$ln=4,r=8,p=1$short$short",
        "$bcrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$x0jHUFkpNBiJVwY1AhuH7NuyxVlkarFnXjRNhp1B/eU",
        "$scrypt$ln=40,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$x0jHUFkpNBiJVwY1AhuH7NuyxVlkarFnXjRNhp1B/eU",
        "$scrypt$ln=x,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$x0jHUFkpNBiJVwY1AhuH7NuyxVlkarFnXjRNhp1B/eU",
        "$scrypt$ln=4,r=8$AAECAwQFBgcICQoLDA0ODw$x0jHUFkpNBiJVwY1AhuH7NuyxVlkarFnXjRNhp1B/eU",
    ])
    func anythingElseIsNoHash(text: String) {
        #expect(PasswordHash(text) == nil)
    }
}
