import Foundation

/// The query protocol: a form there, XML back.
/// See https://smithy.io/2.0/aws/protocols/aws-query-protocol.html.
extension AWSClient {
    /// Carries out an action.
    /// - Returns: the element `<Action>Result`; `nil` when the answer has none.
    func query(
        _ service: String, _ action: String, version: String, _ parameters: [(name: String, value: String)] = []
    ) async throws -> XMLNode? {
        var request = AWSRequest(service: service)
        request.headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
        request.body = .data(
            Data(URIEncoding.query([("Action", action), ("Version", version)] + parameters).utf8))
        request.operation = action
        return XMLNode(parsing: try await send(request).value)?["\(action)Result"]
    }

    /// Whose credentials these are, as STS says.
    public func caller() async throws -> AWSCaller {
        let result = try await translatingErrors { try await query("sts", "GetCallerIdentity", version: "2011-06-15") }
        guard let account = result?["Account"]?.text, let arn = result?["Arn"]?.text,
            let partition = arn.split(separator: ":").dropFirst().first
        else { throw CredentialFetch.unreadable("STS") }
        return AWSCaller(account: account, partition: String(partition))
    }
}

/// An account of AWS's.
public struct AWSCaller: Sendable, Hashable {
    /// Its number.
    public let account: String
    /// `aws`, `aws-cn` and so on: the first part of every name there.
    public let partition: String

    /// Names an account.
    public init(account: String, partition: String) {
        self.account = account
        self.partition = partition
    }
}
