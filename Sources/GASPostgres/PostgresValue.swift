import Foundation
import GAS

/// A value as it goes to the server and comes back, always in PostgreSQL's binary form: nothing is ever quoted.
enum PostgresValue: Sendable, Hashable {
    /// `text`
    case text(String)
    /// `bigint`
    case number(Int)
    /// `boolean`
    case flag(Bool)
    /// `bytea`
    case bytes(Data)
    case null

    /// The object id of the type (`pg_type.dat`); 0 lets the server infer that of a null.
    var typeID: UInt32 {
        switch self {
        case .text: 25
        case .number: 20
        case .flag: 16
        case .bytes: 17
        case .null: 0
        }
    }

    /// The binary form; `nil` for a null.
    var encoded: [UInt8]? {
        switch self {
        case .text(let text): Array(text.utf8)
        case .number(let number): withUnsafeBytes(of: Int64(number).bigEndian) { Array($0) }
        case .flag(let flag): [flag ? 1 : 0]
        case .bytes(let data): Array(data)
        case .null: nil
        }
    }

    /// Reads the binary form of a type; `nil` for one that no table of ours has.
    init?(typeID: UInt32, _ bytes: UnsafeRawBufferPointer) {
        switch typeID {
        case 25, 1043, 19: self = .text(String(decoding: bytes, as: UTF8.self))
        case 20 where bytes.count == 8: self = .number(Int(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))))
        case 23 where bytes.count == 4: self = .number(Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
        case 16 where bytes.count == 1: self = .flag(bytes[0] != 0)
        case 17: self = .bytes(Data(bytes))
        case 2278: self = .null  // void, which pg_notify and the advisory locks return
        default: return nil
        }
    }

    static func text(_ text: String?) -> PostgresValue { text.map { .text($0) } ?? .null }
    static func number(_ number: Int?) -> PostgresValue { number.map { .number($0) } ?? .null }
    static func time(_ date: Date) -> PostgresValue { .number(date.milliseconds) }
}
