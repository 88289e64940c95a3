import Foundation

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(UnsafeBufferPointer(start: start, count: count))
    return 0
}

/// One of the readers of files that strangers give us.
protocol Target: Sendable {
    /// Reads `bytes`. Returning and throwing one of the engine's errors are both right; anything else is a finding.
    func run(_ bytes: UnsafeBufferPointer<UInt8>)
}

/// The reader that `FUZZ` names.
private let target: any Target = {
    do {
        switch ProcessInfo.processInfo.environment["FUZZ"] {
        case "vcf": return try VCFTarget()
        case "gff3": return try GFF3Target()
        case "bgzf": return try BGZFTarget()
        case let other: fatalError("FUZZ is \(other ?? "not set"): it must be vcf, gff3 or bgzf")
        }
    } catch {
        fatalError("\(error)")
    }
}()
