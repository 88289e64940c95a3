import GAS

/// How HAProxy is run.
public struct HAProxySettings: Sendable, Hashable {
    /// The program.
    public var program: String
    /// Where it listens.
    public var host: String
    /// The port there.
    public var port: Int
    /// PEM file with certificate chain and private key; `nil` for plain HTTP.
    public var certificate: String?
    /// Folder for its configuration and sockets.
    public var folder: String
    /// Open connections at most.
    public var connections: Int
    /// A connection on which nothing happens is closed after so long, in seconds.
    public var idleSeconds: Double
    /// Within so long a web server must begin to answer, in seconds.
    public var answerSeconds: Double
    /// Within so long the head of a request must be there, in seconds.
    public var headSeconds: Double
    /// Time between two checks of a web server that is ready, in seconds.
    public var checkSeconds: Double

    /// States it.
    public init(
        program: String, host: String, port: Int, certificate: String?, folder: String, connections: Int,
        idleSeconds: Double, answerSeconds: Double, headSeconds: Double, checkSeconds: Double
    ) {
        self.program = program
        self.host = host
        self.port = port
        self.certificate = certificate
        self.folder = folder
        self.connections = connections
        self.idleSeconds = idleSeconds
        self.answerSeconds = answerSeconds
        self.headSeconds = headSeconds
        self.checkSeconds = checkSeconds
    }

    /// Where commands are taken.
    var commandSocket: String { folder + "/haproxy.sock" }
    /// The file that it reads.
    var configurationFile: String { folder + "/haproxy.cfg" }

    /// The configuration. Servers are not in it: they are added while it runs.
    ///
    /// A request that could not be handed to a server, or that a server took to its grave, is handed to another one. Not
    /// so a form: it may have done its work already.
    var text: String {
        func milliseconds(_ seconds: Double) -> String { "\(Int(seconds * 1000))ms" }
        let tls = certificate.map { " ssl crt \($0) alpn http/1.1" } ?? ""
        let scheme = certificate == nil ? "http" : "https"
        return """
            # Written by 'gas farm' at each start.
            global
                maxconn \(connections)
                stats socket \(commandSocket) mode 600 level admin
                log stdout format raw local0 info
                ssl-default-bind-options ssl-min-ver TLSv1.2
                ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20
                hard-stop-after \(milliseconds(answerSeconds))
            defaults
                mode http
                log global
                option dontlognull
                option forwardfor
                option httpchk GET /readyz
                timeout connect 2s
                timeout check 5s
                timeout http-request \(milliseconds(headSeconds))
                timeout http-keep-alive \(milliseconds(idleSeconds))
                timeout client \(milliseconds(idleSeconds))
                timeout server \(milliseconds(answerSeconds))
                timeout queue \(milliseconds(headSeconds))
                retries 3
                option redispatch 1
                retry-on conn-failure empty-response response-timeout
            frontend public
                bind \(host):\(port)\(tls)
                http-request set-header X-Forwarded-Proto \(scheme)
                log-format "\(RequestLog.format)"
                default_backend web
            backend web
                balance leastconn
                http-request disable-l7-retry if METH_POST

            """
    }
}
