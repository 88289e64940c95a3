import Foundation
import GAS
import HTTPTypes
import Hummingbird

/// The rules of the routes, each in one place.
extension Gate {
    /// Lets a request pass to the handler of its route, if the rule of the route allows it.
    func admit(_ call: Call, to route: Route) async throws -> Response {
        switch route.access {
        case .anyone(let handler), .signature(let handler):
            return try await handler(call)
        case .signedIn(let handler):
            return try await handler(call, try signedIn(call))
        case .member(let handler):
            return try await handler(call, try member(call))
        case .premium(let handler):
            return try await handler(call, try premium(call))
        case .owner(let handler):
            let (visitor, job) = try await (member(call), existingJob(call))
            guard job.userID == visitor.account.id else { throw try await notYours(call, visitor, job) }
            return try await handler(call, visitor, job)
        case .reader(let handler):
            let (visitor, job) = try await (member(call), existingJob(call))
            return try await handler(call, try await reader(call, visitor, job), job)
        case .admin(let handler):
            let visitor = try member(call)
            guard visitor.isAdministrator else {
                try await services.record(.accessDenied, call, by: visitor.account.id, detail: route.path)
                throw GASError(.forbidden, "This page is for the people who run this service.")
            }
            try await services.record(
                .adminRead, call, by: visitor.account.id, about: subject(call), detail: route.path)
            return try await handler(call, visitor)
        }
    }

    private func signedIn(_ call: Call) throws -> Visitor {
        guard let visitor = call.visitor else { throw GASError(.unauthenticated, "Please sign in first.") }
        return visitor
    }

    private func member(_ call: Call) throws -> Visitor {
        let visitor = try signedIn(call)
        let account = visitor.account
        guard !settings.confirmsAddresses || account.identity != nil || account.isEmailConfirmed else {
            throw AddressUnconfirmed()
        }
        return visitor
    }

    private func premium(_ call: Call) throws -> Visitor {
        let visitor = try member(call)
        guard visitor.account.role == .premium else {
            let plan = services.plans.premium.name
            throw Refusal(
                status: .forbidden, title: "A part of \(plan)", message: "This is for who has the \(plan) plan.",
                isUpgradeable: true)
        }
        return visitor
    }

    private func existingJob(_ call: Call) async throws -> Job {
        guard let text = call.context.parameters.get("id"), UUID(uuidString: text) != nil,
            let job = try await services.jobs.job(JobID(rawValue: text.lowercased()))
        else { throw GASError(.notFound, "There is no such annotation.") }
        return job
    }

    private func reader(_ call: Call, _ visitor: Visitor, _ job: Job) async throws -> Reader {
        if job.userID == visitor.account.id { return Reader(visitor: visitor, owner: visitor.account) }
        guard visitor.isAdministrator else { throw try await notYours(call, visitor, job) }
        guard let owner = try await services.accounts.account(job.userID) else {
            throw GASError(.notFound, "There is no such annotation.")
        }
        try await services.record(
            .adminRead, call, by: visitor.account.id, about: owner.id, detail: "job \(job.id)")
        return Reader(visitor: visitor, owner: owner)
    }

    private func notYours(_ call: Call, _ visitor: Visitor, _ job: Job) async throws -> GASError {
        try await services.record(
            .accessDenied, call, by: visitor.account.id, about: job.userID, detail: "job \(job.id)")
        return GASError(.forbidden, "Not authorized to view this job")
    }

    /// Whose things a page of the administrators shows, when it shows one account.
    private func subject(_ call: Call) -> AccountID? {
        call.context.parameters.get("account").flatMap(\.removingPercentEncoding).map(AccountID.init(rawValue:))
    }
}
