import Foundation
import GAS
import Hummingbird
import Logging

/// `/annotate/job`: where the object store sends the browser after an upload.
///
/// The job's id is in the key, so however often a browser comes back with the same upload there is one job.
struct Submission: Sendable {
    let services: WebServices
    let settings: WebSettings

    /// Turns an upload into a job and shows it.
    func submit(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let input = ObjectLocation(bucket: call.query["bucket"], key: call.query["key"])
        let key = try ownKey(input, of: visitor.account)
        if let known = try await services.jobs.job(key.jobID) { return try open(known, input, visitor) }
        let job = try await newJob(key, input, visitor.account)
        guard try await services.jobs.add(job) else {
            // Another tab was faster.
            guard let known = try await services.jobs.job(key.jobID) else {
                throw GASError(.unavailable, "The job cannot be read back.")
            }
            return try open(known, input, visitor)
        }
        try await keepToThePlan(job, visitor.account)
        call.context.logger.notice("job submitted", metadata: ["job_id": "\(job.id)", "user_id": "\(job.userID)"])
        await announce(job, call)
        return .seeOther("/annotations/\(job.id)")
    }

    private func ownKey(_ input: ObjectLocation, of account: Account) throws -> ObjectKey {
        guard !input.key.isEmpty else {
            throw GASError(.invalid, "There is no upload to annotate. Please choose a file on the page 'Annotate'.")
        }
        guard input.bucket == settings.inputsBucket,
            let key = ObjectKey(parsing: input.key, prefix: settings.keyPrefix),
            key.userID == account.id, UUID(uuidString: key.jobID.rawValue) != nil
        else { throw GASError(.forbidden, "This upload does not belong to your account.") }
        return key
    }

    private func newJob(_ key: ObjectKey, _ input: ObjectLocation, _ account: Account) async throws -> Job {
        guard let metadata = try await services.objects.metadata(input) else {
            throw GASError(.notFound, "The uploaded file is not there. Please upload it again.")
        }
        let plan = services.plans[account.role]
        guard metadata.size <= plan.uploadLimit else {
            throw Refusal(
                status: .contentTooLarge,
                title: "The file is too large",
                message: "The file has \(Wording.size(metadata.size, beyond: plan.uploadLimit)); "
                    + "the \(plan.name) plan takes up to \(Wording.size(plan.uploadLimit)).",
                isUpgradeable: metadata.size <= services.plans.premium.uploadLimit
            )
        }
        return Job(
            id: key.jobID,
            userID: account.id,
            inputFileName: FileName.safe(String(input.key.dropFirst(key.start.count))),
            input: input,
            inputSize: metadata.size,
            submitTime: services.clock.now
        )
    }

    /// Takes a new job back if the account has more that wait or run than its plan allows. Nobody has heard of the job
    /// yet, and counting after adding it keeps the limit however many come at once: then none may be taken, but never one
    /// too many.
    private func keepToThePlan(_ job: Job, _ account: Account) async throws {
        let plan = services.plans[account.role]
        let counts = try await services.jobs.counts(of: account.id)
        guard counts[.pending, default: 0] + counts[.running, default: 0] > plan.concurrentJobs else { return }
        try await services.jobs.delete(job.id)
        throw Refusal(
            status: .tooManyRequests,
            title: "Too many annotations at once",
            message: "The \(plan.name) plan takes \(plan.concurrentJobs) at a time. Your file is here: "
                + "reload this page when one of them has ended.",
            isUpgradeable: services.plans.premium.concurrentJobs > plan.concurrentJobs
        )
    }

    /// Shows a job that exists already, if it is this upload's.
    private func open(_ job: Job, _ input: ObjectLocation, _ visitor: Visitor) throws -> Response {
        guard job.userID == visitor.account.id, job.input == input else {
            throw GASError(
                .conflict,
                "This form was used for another file already. Open a new one and choose the file again."
            )
        }
        return .seeOther("/annotations/\(job.id)")
    }

    /// The job is safe in its store: when it cannot be announced now, the sweeper will do so in a minute, and the
    /// owner need not be told.
    private func announce(_ job: Job, _ call: Call) async {
        do {
            try await services.jobRequests.publish(JobRequested(job).encoded())
        } catch {
            call.context.logger.error(
                "job not announced, left to the sweeper",
                metadata: ["job_id": "\(job.id)", "error": "\(error)"]
            )
        }
    }
}
