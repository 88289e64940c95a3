/// How a mail server is reached.
public struct SMTPSettings: Sendable, Hashable {
    /// How the connection is protected.
    public enum Security: String, Sendable, Hashable, CaseIterable {
        /// Nothing is encrypted: for a server on this machine.
        case none
        /// The connection must be upgraded by STARTTLS before anything is said.
        case starttls
        /// TLS from the first byte.
        case tls
    }

    /// Name or address.
    public var host: String
    /// TCP port.
    public var port: Int
    /// How the connection is protected.
    public var security: Security
    /// The name for AUTH; `nil` when the server asks for none.
    public var user: String?
    /// The password for AUTH.
    public var password: String?
    /// A PEM file of certificate authorities to trust instead of the machine's own.
    public var authorities: String?
    /// The longest that sending one mail may take, in seconds.
    public var timeout: Int

    /// States how a server is reached.
    public init(
        host: String, port: Int, security: Security, user: String? = nil, password: String? = nil,
        authorities: String? = nil, timeout: Int = 30
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.password = password
        self.authorities = authorities
        self.timeout = timeout
    }
}

extension SMTPSettings: CustomStringConvertible, CustomReflectable {
    /// Names the server alone, so that no secret gets into a log by accident.
    public var description: String { "SMTP at \(host):\(port), \(security)" }

    /// Shows what `description` does.
    public var customMirror: Mirror {
        Mirror(self, children: ["host": host, "port": port, "security": security] as KeyValuePairs<String, Any>)
    }
}
