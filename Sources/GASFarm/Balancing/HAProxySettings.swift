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
    /// What it answers with where no web server does.
    public var errorPages: [BalancerErrorPage]

    /// States it.
    public init(
        program: String, host: String, port: Int, certificate: String?, folder: String, connections: Int,
        idleSeconds: Double, answerSeconds: Double, headSeconds: Double, checkSeconds: Double,
        errorPages: [BalancerErrorPage] = []
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
        self.errorPages = errorPages
    }

    /// Where commands are taken.
    var commandSocket: String { folder + "/haproxy.sock" }
    /// The file that it reads.
    var configurationFile: String { folder + "/haproxy.cfg" }
    /// Where the answer with a status is.
    func errorFile(_ page: BalancerErrorPage) -> String { "\(folder)/error-\(page.status).http" }

    /// Files that it opens at most: two for each connection, and those of listeners, checks, its socket and its log. It
    /// does not start where it may not (its Management Guide, section 3, on `maxconn` and `ulimit-n`).
    var files: Int { 2 * connections + 100 }

    /// The configuration. Servers are not in it: they are added while it runs. A port that another program has, another
    /// farm's HAProxy too, is not shared with it.
    ///
    /// A request that could not be handed to a server, or that a server took to its grave, is handed to another one. Not
    /// so a form: it may have done its work already.
    var text: String {
        func milliseconds(_ seconds: Double) -> String { "\(Int(seconds * 1000))ms" }
        let tls = certificate.map { " ssl crt \($0) alpn http/1.1" } ?? ""
        let pages = errorPages.map { "\n    errorfile \($0.status) \(errorFile($0))" }.joined()
        let scheme = certificate == nil ? "http" : "https"
        return """
            # Written by 'gas farm' at each start.
            global
                maxconn \(connections)
                noreuseport
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
                retry-on conn-failure empty-response response-timeout\(pages)
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
