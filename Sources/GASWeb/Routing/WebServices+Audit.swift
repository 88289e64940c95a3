import GAS

extension WebServices {
    /// Notes in the audit log what a request has done. What cannot be noted must not happen: call it before the effect,
    /// or let its error undo what was done.
    /// - Parameters:
    ///   - account: who did it; `nil` when nobody is signed in.
    ///   - about: whose things it was done to, when that is somebody else.
    ///   - detail: a few words of ours, never what somebody typed who is not signed in, nor a name or an address.
    func record(
        _ kind: AuditKind, _ call: Call, by account: AccountID?, about: AccountID? = nil, detail: String = ""
    ) async throws {
        try await audit.append(
            AuditEvent(
                kind, at: clock.now, by: account, about: about, from: call.networkAddress,
                detail: detail))
    }
}
