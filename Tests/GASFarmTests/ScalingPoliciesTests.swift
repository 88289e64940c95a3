import Foundation
import GAS
import GASFarm
import Testing

@Suite("Files of scaling policies")
struct ScalingPoliciesTests {
    @Test("Both sets that come along are whole", arguments: ShippedPolicies.allCases)
    func shipped(_ set: ShippedPolicies) throws {
        let policies = try set.policies()
        #expect(policies.name == set.rawValue)
        #expect(policies.group(.web) == ScalingGroup(role: .web, minimum: 2, maximum: 10))
        #expect(policies.group(.annotator) == ScalingGroup(role: .annotator, minimum: 2, maximum: 10))
        #expect(policies.group(.utility) == ScalingGroup(role: .utility, minimum: 1, maximum: 1))
        for role in [FarmRole.web, .annotator] {
            let adjustments = policies.policies.filter { $0.role == role }.map(\.adjustment)
            #expect(adjustments.contains { $0 > 0 } && adjustments.contains { $0 < 0 })
        }
        #expect(policies.horizon == (set == .original ? 600 : 300))
    }

    @Test("The original set has the numbers that the service was first run with")
    func original() throws {
        let policies = try ShippedPolicies.original.policies().policies
        let web = policies.filter { $0.role == .web }
        #expect(web.map(\.alarm.threshold) == [200, 10])
        #expect(web.map(\.alarm.periodSeconds) == [60, 60])
        #expect(web.map(\.cooldownSeconds) == [300, 300])
        let annotators = policies.filter { $0.role == .annotator }
        #expect(annotators.map(\.alarm.threshold) == [50, 5])
        #expect(annotators.map(\.alarm.periodSeconds) == [600, 600])
        #expect(policies.map(\.adjustment) == [1, -1, 1, -1])
    }

    private func changed(_ replace: (inout String) -> Void) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var text = String(decoding: try encoder.encode(try ShippedPolicies.original.policies()), as: UTF8.self)
        replace(&text)
        do {
            _ = try ScalingPolicies(json: Data(text.utf8), from: "my.json")
            return "taken"
        } catch let error as GASError {
            return error.message
        }
    }

    @Test("A set that makes no sense is refused in one sentence")
    func refused() throws {
        #expect(try changed { _ in } == "taken")
        #expect(try changed { $0 = "{" }.contains("my.json"))
        #expect(try changed { $0 = "{" }.contains("not JSON"))
        #expect(
            try changed {
                $0.replace("\"p95\"", with: "\"p96\""); $0.replace("\"Sum\"", with: "\"Summe\"")
            }.contains("statistic"))
        #expect(try changed { $0.replace("web-in", with: "web-out") }.contains("same name"))
        #expect(try changed { $0.replace("\"minimum\":2", with: "\"minimum\":20") }.contains("minimum"))
        #expect(try changed { $0.replace("\"adjustment\":1,", with: "\"adjustment\":0,") }.contains("adjustment"))
        #expect(try changed { $0.replace("\"role\":\"utility\"", with: "\"role\":\"web\"") }.contains("one group"))
        #expect(
            try changed { $0.replace("\"evaluationSeconds\":10", with: "\"seconds\":10") }.contains(
                "evaluationSeconds is missing"))
        #expect(try changed { $0.replace("web.responses-2xx", with: "annotator.messages-sent") }.contains("web-out"))
    }

    @Test("A set is found by its name or its path")
    func named() throws {
        #expect(try ScalingPolicies(named: "adaptive").name == "adaptive")
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
        try JSONEncoder().encode(try ShippedPolicies.adaptive.policies()).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        #expect(try ScalingPolicies(named: path.path) == ScalingPolicies(named: "adaptive"))
        #expect { try ScalingPolicies(named: "no-such") } throws: { ($0 as? GASError)?.code == .invalid }
    }
}
