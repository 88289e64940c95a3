import Foundation
import GAS
import Hummingbird

/// `/annotate`: a form that a browser posts straight to the object store.
struct AnnotatePage: Sendable {
    let pages: PageRenderer
    let objects: any ObjectStore
    let plans: Plans
    let samples: Samples
    let clock: any WallClock
    let settings: WebSettings

    private struct Content {
        let url: String
        let fields: [SignedUpload.Field]
        let plan: PlanView
        let limitBytes: Int
        /// For who does not have it.
        let premium: Offer?
        let assemblies: [String]
        let hasAssemblies: Bool
        let samples: [Sample]
    }

    private struct Offer {
        let plan: PlanView
        let limitBytes: Int
    }

    private struct Sample {
        let name: String
        let path: String
        let size: String
    }

    /// Shows the form. Its key holds a new job's id, so that sending the same form twice gives one job.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let plan = plans[visitor.account.role]
        let key = ObjectKey(prefix: settings.keyPrefix, userID: visitor.account.id, jobID: JobID())
        let upload = try await objects.signUpload(
            UploadPolicy(
                bucket: settings.inputsBucket,
                keyPrefix: key.start,
                sizes: 1...plan.uploadLimit,
                expires: clock.now.addingTimeInterval(settings.uploadPolicySeconds),
                successRedirect: settings.publicOrigin + "/annotate/job"
            )
        )
        let url = settings.relative(upload.url)
        let assemblies = settings.assemblies()
        return pages.page(
            "annotate",
            title: "Annotate a file",
            call,
            content: Content(
                url: url,
                fields: upload.fields,
                plan: PlanView(plan),
                limitBytes: plan.uploadLimit,
                premium: visitor.account.role == .free
                    ? Offer(plan: PlanView(plans.premium), limitBytes: plans.premium.uploadLimit) : nil,
                assemblies: assemblies,
                hasAssemblies: !assemblies.isEmpty,
                samples: samples.all.map {
                    Sample(
                        name: $0.name,
                        path: "/samples/" + PercentEncoding.encode($0.name),
                        size: Wording.size($0.asset.size)
                    )
                }
            ),
            section: .annotate,
            formTargets: url.hasPrefix("/") ? [] : [Self.origin(of: url)]
        )
    }

    private static func origin(of url: String) -> String {
        url.split(separator: "/", maxSplits: 3).prefix(2).joined(separator: "//")
    }
}
