import Crypto
import CryptoExtras
import Foundation

/// The scrypt hash of a password, with all that is needed to check a password against it later.
///
/// Written as `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`: the PHC string format, Base64 without padding. The parameters
/// travel with the hash, so that they can be raised without locking anybody out.
public struct PasswordHash: Sendable, Hashable {
    /// What an attempt costs. Memory is `128 * 2^logRounds * blockSize` bytes.
    public struct Cost: Sendable, Hashable {
        /// Binary logarithm of scrypt's N.
        public let logRounds: Int
        /// scrypt's r.
        public let blockSize: Int
        /// scrypt's p.
        public let parallelism: Int

        /// States a cost. The default takes 32 MiB and about a tenth of a second.
        public init(logRounds: Int = 15, blockSize: Int = 8, parallelism: Int = 1) {
            self.logRounds = logRounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// A stored hash with a cost beyond this was not written by us, and checking it would exhaust the machine.
        var isSane: Bool {
            (1...20).contains(logRounds) && (1...32).contains(blockSize) && (1...16).contains(parallelism)
        }
    }

    /// What this hash cost.
    public let cost: Cost
    private let salt: [UInt8]
    private let key: [UInt8]

    private static let saltBytes = 16
    private static let keyBytes = 32

    /// Hashes a password with a new random salt.
    public init(password: String, cost: Cost) throws {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<Self.saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        self.cost = cost
        self.salt = salt
        key = try Self.derive(password, salt: salt, cost: cost)
    }

    /// Reads a stored hash; `nil` when the text is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let cost = Cost(text: parts[2]), cost.isSane,
            let salt = Self.bytes(parts[3]), let key = Self.bytes(parts[4]),
            salt.count == Self.saltBytes, key.count == Self.keyBytes
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// The hash as an `AccountStore` keeps it.
    public var text: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Self.base64(salt))$\(Self.base64(key))"
    }

    /// Whether the password is the one that was hashed. Takes the same time for every wrong password.
    public func matches(_ password: String) throws -> Bool {
        let candidate = try Self.derive(password, salt: salt, cost: cost)
        return zip(candidate, key).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(_ password: String, salt: [UInt8], cost: Cost) throws -> [UInt8] {
        // The same characters can be typed as different scalars on different keyboards.
        let passphrase = Array(password.precomposedStringWithCompatibilityMapping.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: passphrase,
            salt: salt,
            outputByteCount: keyBytes,
            rounds: 1 << cost.logRounds,
            blockSize: cost.blockSize,
            parallelism: cost.parallelism
        )
        return key.withUnsafeBytes { Array($0) }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { Array($0) }
    }
}

extension PasswordHash.Cost {
    init?(text: Substring) {
        var values: [Substring: Int] = [:]
        for pair in text.split(separator: ",") {
            let sides = pair.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, let value = Int(sides[1]) else { return nil }
            values[sides[0]] = value
        }
        guard values.count == 3, let logRounds = values["ln"], let blockSize = values["r"],
            let parallelism = values["p"]
        else { return nil }
        self.init(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
    }
}
