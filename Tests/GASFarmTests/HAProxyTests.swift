import Foundation
import GAS
import GASFarm
import Testing

@Suite("HAProxy")
struct HAProxyTests {
    private func settings(_ folder: String, certificate: String? = nil, connections: Int = 100) -> HAProxySettings {
        HAProxySettings(
            program: "/usr/sbin/haproxy", host: "127.0.0.1", port: 4433, certificate: certificate, folder: folder,
            connections: connections, idleSeconds: 75, answerSeconds: 60, headSeconds: 10, checkSeconds: 1,
            errorPages: BalancerErrorPage.all(headers: [("X-Test", "yes")]))
    }

    @Test("Lines about requests are counted, others are not")
    func lines() {
        var counts = RequestLog.Counts()
        for line in [
            "R 200 4 --", "R 204 0 --", "R 301 2 --", "R 404 1 --", "R 503 -1 SC", "R 500 7 --", "R -1 -1 CR",
            "R -1 -1 SH", "Server web/web-1 is UP", "backend web has no server available!", "",
        ] {
            counts.add(line: line[...])
        }
        #expect(counts.requests == 8)
        #expect(counts.successes == 2)
        #expect(counts.failures == 3)
        #expect(counts.times.count == 5)
        #expect(counts.times.mean == 14.0 / 5)
    }

    @Test("A pipe full of lines is read as they come, whole ones only")
    func pipe() async throws {
        let log = try RequestLog()
        let file = FileHandle(fileDescriptor: log.output, closeOnDealloc: false)
        var total = RequestLog.Counts()
        for _ in 0..<20_000 {
            try file.write(contentsOf: Data("R 200 3 --\nR 5".utf8));
            try file.write(contentsOf: Data("03 -1 SC\n".utf8))
        }
        for _ in 0..<200 where total.requests < 40_000 {
            let counts = log.take()
            total.requests += counts.requests
            total.successes += counts.successes
            total.failures += counts.failures
            try await Task.sleep(for: .milliseconds(10))
        }
        try file.write(contentsOf: Data("[ALERT] (1) : cannot bind\n[NOTICE] (1) : fine\nR 200 1 --\n".utf8))
        for _ in 0..<200 where log.take().requests == 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(log.takeAlerts() == ["[ALERT] (1) : cannot bind"])
        #expect(log.takeAlerts().isEmpty)
        log.stop()
        #expect((total.requests, total.successes, total.failures) == (40_000, 20_000, 20_000))
    }

    @Test("A server is ready when it is up and its check says so")
    func statistics() throws {
        let text = """
            # pxname,svname,qcur,qmax,scur,smax,status,check_status,
            public,FRONTEND,,,9,9,OPEN,,
            web,web-1,0,0,3,5,UP,L7OK,
            web,web-2,0,0,0,5,UP 1/2,INI,
            web,web-3,0,0,1,5,DOWN,L7STS,
            web,web-4,0,0,2,5,DRAIN,L7OK,
            web,web-5,0,0,0,5,DOWN 1/2,L4CON,
            web,BACKEND,0,0,6,5,UP,,

            """
        let servers = try HAProxyRuntime.servers(inStatistics: text)
        #expect(servers.filter(\.value.isReady).map(\.key) == ["web-1"])
        #expect(servers["web-4"] == BalancedServer(isReady: false, requests: 2))
        #expect(servers.count == 5)
        #expect(throws: GASError.self) { try HAProxyRuntime.servers(inStatistics: "Unknown command") }
    }

    @Test("A program that is not there is told of")
    func missing() throws {
        var settings = settings("/nowhere")
        settings.program = "/nowhere/haproxy"
        let process = BalancerProcess(settings, requests: try RequestLog())
        #expect { try process.prepare() } throws: { ($0 as? GASError)?.message.contains("/nowhere/haproxy") ?? false }
    }

    @Test("More connections than files may be opened for are refused, with what to do")
    func files() throws {
        let process = BalancerProcess(settings("/nowhere", connections: 2_000_000_000), requests: try RequestLog())
        #expect { try process.check() } throws: { error in
            let text = (error as? GASError)?.message ?? ""
            return (text.contains("2000000000 connections") && text.contains("LimitNOFILE"))
                || text.contains("is not there")
        }
    }

    @Test("A socket's path that is too long is told of, and one where nobody listens")
    func sockets() async {
        for (folder, code) in [("/nowhere", GASError.Code.unavailable), (String(repeating: "x", count: 120), .invalid)]
        {
            await #expect { _ = try await HAProxyRuntime(settings(folder)).servers() } throws: {
                ($0 as? GASError)?.code == code
            }
        }
    }

    @Test(
        "HAProxy itself finds nothing wrong with its configuration",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/haproxy")))
    func check() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("haproxy-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let command = try BalancerProcess(settings(folder), requests: try RequestLog()).prepare()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command.program)
        process.arguments = ["-c", "-dW", "-f", folder + "/haproxy.cfg"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
