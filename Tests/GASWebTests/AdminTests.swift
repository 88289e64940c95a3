import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import Hummingbird
import HummingbirdTesting
import Testing

@Suite struct AdminTests {
    private func site(rows: Int = 2) async throws -> TestSite {
        try await TestSite(admins: [TestSite.administratorAddress]) { $0.rowsPerPage = rows }
    }

    @Test func administratorsSeeJobsQueuesAccountsAndMails() async throws {
        let site = try await site()
        let (root, ada) = (try await site.administrator(), try await site.person())
        _ = try await site.completedJob(of: ada)
        _ = try await site.job(of: ada)
        try await site.visit { client async throws in
            let page = try await client.get("/admin", as: root).text
            for text in ["2 annotations", "job_requests", "restore", "2 accounts", "0 mails", "href=\"/admin/audit\""] {
                #expect(page.contains(text), "\(text)")
            }
            #expect(try await client.get("/", as: root).text.contains("href=\"/admin\""))
            #expect(try await !client.get("/", as: ada).text.contains("href=\"/admin\""))
        }
    }

    @Test func administratorsSeeTheFarm() async throws {
        let site = try await site()
        let root = try await site.administrator()
        try await site.visit { client async throws in
            #expect(try await client.get("/admin/farm", as: root).text.contains("runs without a farm"))
            var state = FarmSamples.state(300)
            state.time = site.clock.now
            state.events.append(
                FarmEvent(time: state.time, kind: .failed, role: .web, text: "web-9 is gone: <b>signal 9</b>"))
            try await site.farm.write(state)
            let page = try await client.get("/admin/farm", as: root).text
            for text in [
                "web-1", "4501", "web-out", "&gt; 200", "240", "2 to 3", "2 to 10", "nothing measured",
                "&lt;b&gt;signal 9",
            ] {
                #expect(page.contains(text), "\(text)")
            }
            #expect(page.components(separatedBy: "<th scope=\"row\">").count - 1 == 100, "three measurements a row")
            #expect(!page.contains("it does not run"))
            site.clock.advance(seconds: 61)
            #expect(try await client.get("/admin/farm", as: root).text.contains("it does not run"))
        }
    }

    @Test func deadLettersAreShownAndSentAgain() async throws {
        let site = try await site(rows: 50)
        let root = try await site.administrator()
        let dead = InMemoryTopic(queues: [site.deadRequests])
        for index in 0..<12 { try await dead.publish(Data("{\"job_id\":\"<\(index)>\"}".utf8)) }
        try await site.visit { client async throws in
            #expect(try await client.get("/admin", as: root).text.contains("href=\"/admin/queues/job_requests\""))
            let page = try await client.get("/admin/queues/job_requests", as: root).text
            #expect(page.contains("12 messages could not") && page.contains("&lt;11&gt;"))
            site.clock.advance(seconds: 3)
            let answer = try await client.post("/admin/queues/job_requests/replay", ["csrf": root.csrf], as: root)
            #expect(answer.headers[.location] == "/admin/queues/job_requests?replayed=12")
            #expect(try await site.requests.depth().visible == 12)
            #expect(try await site.deadRequests.depth() == QueueDepth(visible: 0, inFlight: 0, delayed: 0, oldest: nil))
            let entry = try await site.audit.entries(AuditFilter(kinds: [.messagesReplayed]), before: nil, limit: 1)
            #expect(entry.first?.event.detail == "job_requests")
            #expect(try await client.get("/admin/queues/other", as: root).status == .notFound)
        }
    }

    @Test func anAnnouncementIsOnEveryPageAndMayCloseTheService() async throws {
        let site = try await site(rows: 50)
        let (root, ada) = (try await site.administrator(), try await site.person())
        try await site.visit { client async throws in
            let saved = try await client.post(
                "/admin/announcement", ["csrf": root.csrf, "text": "New disks <b>on Sunday</b>", "closes": ""], as: root
            )
            #expect(saved.status == .seeOther)
            site.clock.advance(seconds: 3)
            for path in ["/", "/annotations", "/no-such-page"] {
                #expect(try await client.get(path, as: ada).text.contains("New disks &lt;b&gt;on Sunday"), "\(path)")
            }
            #expect(try await client.get("/annotations", as: ada).status == .ok)
            _ = try await client.post(
                "/admin/announcement", ["csrf": root.csrf, "text": "Back at noon", "closes": "yes"], as: root)
            site.clock.advance(seconds: 3)
            for path in ["/", "/annotate", "/annotations"] {
                let answer = try await client.get(path, as: ada)
                #expect(answer.status == .serviceUnavailable && answer.text.contains("Back at noon"), "\(path)")
                #expect(answer.headers[.retryAfter] == "120")
                #expect(try await client.get(path, as: root).status == .ok, "\(path)")
            }
            for path in ["/healthz", "/readyz", "/login", "/privacy"] {
                #expect(try await client.get(path).status == .ok, "\(path)")
            }
            #expect(
                try await client.post(
                    "/admin/announcement", ["csrf": root.csrf, "text": " ", "closes": "yes"], as: root
                ).status
                    == .badRequest)
            _ = try await client.post("/admin/announcement", ["csrf": root.csrf, "text": " ", "closes": ""], as: root)
            site.clock.advance(seconds: 3)
            let open = try await client.get("/annotations", as: ada)
            #expect(open.status == .ok && !open.text.contains("Back at noon"))
        }
    }

    @Test func accountsArePagedAndLeadToTheirJobs() async throws {
        let site = try await site()
        let root = try await site.administrator()
        var people: [Person] = []
        for name in ["Ada", "Bob", "<i>Eve</i>"] {
            site.clock.advance(seconds: 1)
            people.append(try await site.person(name))
        }
        for index in 0..<3 {
            site.clock.advance(seconds: 1)
            _ = try await site.job(of: people[0], name: "file\(index).vcf")
        }
        let oldest = people[0].account.id
        try await site.visit { client async throws in
            let first = try await client.get("/admin/accounts", as: root).text
            #expect(first.contains("&lt;i&gt;Eve") && first.contains("Bob") && !first.contains("Ada"))
            let older = try #require(first.firstMatch(of: /id="pager-older" href="([^"]+)"/)).1
            let second = try await client.get(String(older), as: root).text
            #expect(second.contains("Ada") && second.contains("Root") && !second.contains("pager-older"))
            let one = try await client.get("/admin/accounts/\(oldest)", as: root).text
            #expect(one.contains("file2.vcf") && !one.contains("file0.vcf") && one.contains("3 annotations"))
            let more = try #require(one.firstMatch(of: /id="pager-older" href="([^"]+)"/)).1
            #expect(try await client.get(String(more), as: root).text.contains("file0.vcf"))
            for path in ["/admin/accounts?after=x", "/admin/accounts/\(oldest)?after=x"] {
                #expect(try await client.get(path, as: root).status == .badRequest)
            }
        }
    }

    @Test func anAdministratorReadsPageAndLogButDownloadsNothingAndTheOwnerSeesIt() async throws {
        let site = try await site(rows: 50)
        let (root, ada) = (try await site.administrator(), try await site.person())
        let job = try await site.completedJob(of: ada)
        let path = "/annotations/\(job.id)"
        try await site.visit { client async throws in
            let page = try await client.get(path, as: root)
            #expect(page.status == .ok && page.text.contains("You see this annotation as an administrator."))
            #expect(!page.text.contains("/files/"))
            #expect(try await client.get(path + "/log", as: root).text.contains("3 records"))
            for file in ["input", "result", "log"] {
                #expect(try await client.get(path + "/files/\(file)", as: root).status == .forbidden)
            }
            #expect(try await client.post(path + "/cancel", ["csrf": root.csrf], as: root).status == .forbidden)
            let looks = site.audit.events.filter { $0.kind == .adminRead }
            #expect(looks.map(\.account) == [root.account.id, root.account.id])
            #expect(looks.map(\.about) == [ada.account.id, ada.account.id])
            let activity = try await client.get("/profile/activity", as: ada).text
            #expect(activity.contains("Looked at by an administrator") && activity.contains("an administrator"))
            #expect(!activity.contains(root.account.id.rawValue))
        }
    }

    @Test func everyPageOfTheAdministratorsIsNoted() async throws {
        let site = try await site()
        let (root, ada) = (try await site.administrator(), try await site.person())
        try await site.visit { client async throws in
            for path in [
                "/admin", "/admin/accounts", "/admin/accounts/\(ada.account.id)", "/admin/audit", "/admin/jobs",
            ] {
                #expect(try await client.get(path, as: root).status == .ok)
                #expect(try await client.get(path, as: ada).status == .forbidden)
            }
            let kinds = site.audit.events.map(\.kind)
            #expect(kinds.count { $0 == .adminRead } == 5)
            #expect(kinds.count { $0 == .accessDenied } == 5)
            #expect(site.audit.events.count { $0.about == ada.account.id } == 1)
        }
    }

    @Test func jobsInAStateAreListedAndPaged() async throws {
        let site = try await site()
        let (root, ada) = (try await site.administrator(), try await site.person())
        var made: [Job] = []
        for _ in 0..<3 {
            site.clock.advance(seconds: 1)
            made.append(try await site.failedJob(of: ada))
        }
        let failed = made
        let waiting = try await site.job(of: ada, name: "<b>waiting.vcf")
        let running = try await site.change(site.job(of: ada)) {
            $0.claim(by: "annotator-7/1", leaseSeconds: 60, now: site.clock.now)
        }
        try await site.visit { client async throws in
            // What failed comes first; two rows a page.
            let first = try await client.get("/admin/jobs", as: root).text
            #expect(
                first.contains("\(failed[2].id)") && first.contains("\(failed[1].id)")
                    && first.contains("It is no VCF."))
            #expect(!first.contains("\(failed[0].id)") && !first.contains("\(waiting.id)"))
            #expect(first.contains("href=\"/admin/accounts/\(ada.account.id)\""))
            #expect(first.contains("FAILED <span class=\"filter-count\">3</span>"))
            let older = try #require(first.firstMatch(of: /id="pager-older" href="([^"]+)"/)).1
                .replacingOccurrences(of: "&amp;", with: "&")
            let second = try await client.get(older, as: root).text
            #expect(second.contains("\(failed[0].id)") && !second.contains("\(failed[1].id)"))
            #expect(!second.contains("pager-older"))
            let pending = try await client.get("/admin/jobs?status=pending", as: root).text
            #expect(pending.contains("&lt;b&gt;waiting.vcf") && !pending.contains("\(running.id)"))
            #expect(try await client.get("/admin/jobs?status=running", as: root).text.contains("annotator-7/1"))
            #expect(
                try await client.get("/admin/jobs?status=cancelled", as: root).text.contains("No job has this status"))
            for broken in ["status=none", "after=never"] {
                #expect(try await client.get("/admin/jobs?\(broken)", as: root).status == .badRequest, "\(broken)")
            }
            // The job itself is a page for administrators.
            #expect(try await client.get("/annotations/\(failed[0].id)", as: root).status == .ok)
            #expect(try await client.get("/admin", as: root).text.contains("href=\"/admin/jobs?status=failed\""))
            #expect(try await client.get("/admin/jobs", as: ada).status == .forbidden)
            #expect(site.audit.events.contains { $0.kind == .adminRead && $0.detail == "/admin/jobs" })
        }
    }

    @Test func whatCannotBeNotedIsNotShown() async throws {
        let site = try await site()
        let (root, ada) = (try await site.administrator(), try await site.person())
        let job = try await site.completedJob(of: ada)
        site.faults.arm("AuditLog.append", times: 100)
        try await site.visit { client async throws in
            for (path, person) in [
                ("/admin/accounts", root), ("/annotations/\(job.id)", root), ("/annotations/\(job.id)/files/log", ada),
            ] {
                let answer = try await client.get(path, as: person)
                #expect(answer.status == .serviceUnavailable)
                #expect(!answer.text.contains("@example.org") && answer.location == nil)
            }
        }
    }

    @Test func theAuditLogIsFilteredAndPaged() async throws {
        let site = try await site()
        let (root, ada) = (try await site.administrator(), try await site.person())
        for index in 1...3 {
            try await site.audit.append(
                AuditEvent(.download, at: site.clock.now, by: ada.account.id, detail: "number <b>\(index)</b>"))
        }
        try await site.audit.append(AuditEvent(.signInFailed, at: site.clock.now, by: nil, from: "192.0.2.1"))
        try await site.visit { client async throws in
            let page = try await client.get("/admin/audit?kind=download&account=\(ada.account.id)", as: root).text
            #expect(page.contains("number &lt;b&gt;3&lt;/b&gt;") && page.contains("number &lt;b&gt;2"))
            #expect(!page.contains("number &lt;b&gt;1") && !page.contains("192.0.2.1"))
            let older = try #require(page.firstMatch(of: /id="pager-older" href="([^"]+)"/)).1
            let second = try await client.get(String(older).replacing("&amp;", with: "&"), as: root).text
            #expect(second.contains("number &lt;b&gt;1"))
            for query in ["kind=odd", "before=odd"] {
                #expect(try await client.get("/admin/audit?\(query)", as: root).status == .badRequest)
            }
        }
    }

    @Test func nobodyBecomesAdministratorByAnAddress() async throws {
        let site = try await site()
        // An account of an identity provider may have any address.
        let eve = try await site.session(
            of: try await site.foreign(email: TestSite.administratorAddress))
        try await site.visit { client async throws in
            #expect(try await client.get("/admin", as: eve).status == .forbidden)
            let page = try await client.get("/signup")
            let form = [
                "name": "Eve", "email": " Root@Example.org", "institution": "", "password": "difference engine",
                "csrf": page.csrf ?? "",
            ]
            let cookie = "__Host-gas-form=\(page.cookie("__Host-gas-form") ?? "")"
            let refused = try await client.post("/signup", form, headers: [.cookie: cookie])
            #expect(
                refused.status == .badRequest && refused.text.contains("has an account already, or is kept for one"))
            #expect(try await site.accounts.localAccount(email: TestSite.administratorAddress) == nil)
        }
    }

    @Test func anIDNamesAnAdministratorToo() async throws {
        let site = try await TestSite(admins: ["provider|17"])
        let root = try await site.session(of: try await site.foreign(id: "provider|17", email: "x@example.org"))
        try await site.visit { client async throws in
            #expect(try await client.get("/admin", as: root).status == .ok)
            let own = try await client.get("/admin/accounts/provider%7C17", as: root)
            #expect(own.status == .ok && own.text.contains("provider|17"))
        }
    }
}

extension TestSite {
    /// An account of an identity provider.
    func foreign(id: String = "auth|1", email: String) async throws -> Account {
        let account = Account.sample(id: AccountID(rawValue: id), email: email, at: clock.now)
        _ = try await accounts.add(account, passwordHash: nil)
        return account
    }
}
