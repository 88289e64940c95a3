import Foundation
import GAS
import Testing

/// The rules of `AccountStore` about all accounts together and about their end, each on an empty store.
public enum AccountListConformance: String, ConformanceRule {
    case pages = "all accounts come newest first, page by page without gap or repetition, and are counted"
    case deletion = "a deleted account is found by nobody, and is noted until its deletion is finished"
    case addressIsFree = "the e-mail address of a deleted account is free again"
    case idIsTaken = "no account of the id of a deleted one can be added before the deletion is finished"
    case unknown = "an account that does not exist cannot be deleted, and one that is deleted not again"
    case parallel = "of 20 parallel deletions one succeeds"

    /// Runs the rule.
    public func check(_ store: any AccountStore, clock: any TestClock) async throws {
        let now = Date(timeIntervalSince1970: clock.now.timeIntervalSince1970.rounded())
        let rules = AccountListRules(store: store, now: now)
        switch self {
        case .pages: try await rules.pages()
        case .deletion: try await rules.deletion()
        case .addressIsFree: try await rules.addressIsFree()
        case .idIsTaken: try await rules.idIsTaken()
        case .unknown: try await rules.unknown()
        case .parallel: try await rules.parallel()
        }
    }
}

private struct AccountListRules {
    let store: any AccountStore
    let now: Date

    private func added(after seconds: Double = 0) async throws -> Account {
        let account = Account.sample(at: now.addingTimeInterval(seconds))
        #expect(try await store.add(account, passwordHash: "hash"))
        return account
    }

    func pages() async throws {
        var all: [Account] = []
        for index in 0..<5 { all.append(try await added(after: Double(index / 2))) }
        all.sort { ($0.created, $0.id.rawValue) > ($1.created, $1.id.rawValue) }
        var found: [Account] = []
        var cursor: AccountPage.Cursor?
        repeat {
            let page = try await store.accounts(after: cursor, limit: 2)
            #expect(page.accounts.count <= 2)
            found += page.accounts
            cursor = try page.next.map { try #require(AccountPage.Cursor(rawValue: $0.rawValue)) }
        } while cursor != nil
        #expect(found == all)
        #expect(try await store.count() == 5)
        #expect(try await store.accounts(after: nil, limit: 5).next == nil)
    }

    func deletion() async throws {
        let (account, other) = (try await added(), try await added())
        #expect(try await store.beginDeletion(of: account.id, at: now))
        #expect(try await store.account(account.id) == nil)
        #expect(try await store.localAccount(email: account.email) == nil)
        #expect(try await !store.updateProfile(account))
        #expect(try await !store.changeRole(of: account.id, from: .free, to: .premium, at: now))
        #expect(try await store.accounts(after: nil, limit: 10).accounts == [other])
        #expect(try await store.deletions(limit: 10) == [Deletion(account: account.id, begun: now)])
        for _ in 1...2 { try await store.finishDeletion(of: account.id) }
        #expect(try await store.deletions(limit: 10).isEmpty)
        #expect(try await store.account(other.id) == other)
    }

    func addressIsFree() async throws {
        let account = try await added()
        #expect(try await store.beginDeletion(of: account.id, at: now))
        #expect(try await store.add(.sample(email: account.email, at: now), passwordHash: "hash"))
    }

    func idIsTaken() async throws {
        let account = try await added()
        #expect(try await store.beginDeletion(of: account.id, at: now))
        #expect(try await !store.add(.sample(id: account.id, at: now), passwordHash: nil))
        try await store.finishDeletion(of: account.id)
        #expect(try await store.add(.sample(id: account.id, at: now), passwordHash: nil))
    }

    func unknown() async throws {
        let account = try await added()
        #expect(try await !store.beginDeletion(of: AccountID(), at: now))
        #expect(try await store.deletions(limit: 10).isEmpty)
        #expect(try await store.beginDeletion(of: account.id, at: now))
        #expect(try await !store.beginDeletion(of: account.id, at: now.addingTimeInterval(5)))
        #expect(try await store.deletions(limit: 10).map(\.begun) == [now])
    }

    func parallel() async throws {
        let account = try await added()
        let (store, now) = (store, now)
        let answers = try await inParallel(20) { _ in try await store.beginDeletion(of: account.id, at: now) }
        #expect(answers.count { $0 } == 1)
    }
}
