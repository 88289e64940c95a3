import Testing
import GAS
public func conform() { #expect(1 == 1) }
