import Foundation
import GAS

/// The sets of policies that come along, by name.
public enum ShippedPolicies: String, Sendable, Hashable, CaseIterable {
    /// Request counts and sent messages, as the service was first run at AWS.
    case original
    /// Response time, utilisation, and what waits.
    case adaptive

    /// The set.
    /// - Throws: `internal` when its file is not beside the program.
    public func policies() throws -> ScalingPolicies {
        guard let url = Bundle.module.url(forResource: rawValue, withExtension: "json", subdirectory: "Policies"),
            let json = FileManager.default.contents(atPath: url.path)
        else { throw GASError(.internal, "The scaling policies '\(rawValue)' are missing beside the program.") }
        return try ScalingPolicies(json: json, from: url.lastPathComponent)
    }
}

extension ScalingPolicies {
    /// The set that a setting names: one that comes along, or the path of a file.
    public init(named name: String) throws {
        if let shipped = ShippedPolicies(rawValue: name) {
            self = try shipped.policies()
        } else if let json = FileManager.default.contents(atPath: name) {
            self = try ScalingPolicies(json: json, from: name)
        } else {
            let known = ShippedPolicies.allCases.map(\.rawValue).joined(separator: " and ")
            throw GASError(
                .invalid,
                "There are no scaling policies '\(name)': \(known) come along, anything else is a file's path.")
        }
    }
}
