import Foundation
import GAS
import GASIdentity
import HTTPTypes
import Hummingbird

/// Takes files that browsers post with a signed form, for an object store that has no server of its own.
///
/// The fields of the form come first and the file last, as S3 wants it; the file goes to the store in pieces.
struct UploadReceiver: Sendable {
    let endpoint: any ObjectEndpoint
    let services: WebServices
    let sessions: Sessions
    let settings: WebSettings

    private var plans: Plans { services.plans }

    /// Answers `POST /objects/{bucket}`.
    func respond(_ call: Call) async throws -> Response {
        let bucket = call.context.parameters.get("bucket").flatMap(\.removingPercentEncoding) ?? ""
        var body = call.request.body.makeAsyncIterator()
        do {
            let boundary = try boundary(of: call.request)
            var upload = Upload(
                endpoint: endpoint, services: services, sessions: sessions, settings: settings, bucket: bucket)
            var parser = MultipartParser(boundary: boundary)
            do {
                while let piece = try await body.next() {
                    for event in try parser.parse(piece.readableBytesView) { try await upload.take(event) }
                }
                let target = try await upload.finish()
                return .seeOther(settings.relative(target))
            } catch {
                await upload.abandon()
                throw refusal(error, of: upload, call)
            }
        } catch {
            guard try await drain(&body) else { throw ConnectionMustClose(reason: error) }
            throw error
        }
    }

    /// The store knows the size that the form allows; people know their plan.
    private func refusal(_ error: any Error, of upload: Upload, _ call: Call) -> any Error {
        guard let refused = error as? GASError, refused.code == .tooLarge else { return error }
        let plan = call.visitor.map { plans[$0.account.role] }
        guard let plan, upload.size > plan.uploadLimit else {
            return GASError(.tooLarge, "The file is larger than this form allows. Open a new form and try again.")
        }
        return Refusal(
            status: .contentTooLarge,
            title: "The file is too large",
            message: "The file is larger than the \(Wording.size(plan.uploadLimit)) that your \(plan.name) plan takes.",
            isUpgradeable: mayFit(plans.premium, call.request, upload)
        )
    }

    /// Whether a plan would take the file, as far as one can tell when not all of it has come: the size of the whole
    /// form is announced.
    private func mayFit(_ plan: Plan, _ request: Request, _ upload: Upload) -> Bool {
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        return max(announced, upload.size) <= plan.uploadLimit
    }

    private func boundary(of request: Request) throws -> String {
        guard let boundary = request.headers[.contentType].flatMap(MultipartParser.boundary) else {
            throw GASError(.invalid, "The upload is not a multipart/form-data form.")
        }
        return boundary
    }

    /// Reads what the browser still sends: most show an answer only when they have sent everything.
    /// - Returns: `false` when that is more than is worth it.
    private func drain(_ body: inout RequestBody.AsyncIterator) async throws -> Bool {
        var rest = settings.refusedUploadBytes
        while let piece = try await body.next() {
            rest -= piece.readableBytes
            if rest < 0 { return false }
        }
        return true
    }
}

/// The upload was refused, and the browser goes on sending.
struct ConnectionMustClose: Error {
    let reason: any Error
}

/// One upload on its way through the form's parts.
private struct Upload {
    let endpoint: any ObjectEndpoint
    let services: WebServices
    let sessions: Sessions
    let settings: WebSettings
    let bucket: String
    /// Bytes of the file that have come so far.
    private(set) var size = 0

    private var fields: [String: String] = [:]
    private var field: (name: String, bytes: [UInt8])?
    private var object: (any IncomingObject)?
    private var hasWholeFile = false
    private var isAtEnd = false

    init(
        endpoint: any ObjectEndpoint, services: WebServices, sessions: Sessions, settings: WebSettings, bucket: String
    ) {
        self.endpoint = endpoint
        self.services = services
        self.sessions = sessions
        self.settings = settings
        self.bucket = bucket
    }

    mutating func take(_ event: MultipartParser.Event) async throws {
        switch event {
        case .part(let name, let fileName): try await begin(name, fileName: fileName)
        case .content(let bytes): try await add(bytes)
        case .partEnd: end()
        case .end: isAtEnd = true
        }
    }

    /// Stores the file.
    /// - Returns: where the browser goes next.
    func finish() async throws -> String {
        guard let object, hasWholeFile, isAtEnd else {
            throw GASError(.invalid, "The upload ended before the file was complete. Please try again.")
        }
        let stored = try await object.finish()
        guard try await hasOwner else {
            try await services.objects.delete(stored.location)
            throw Self.nobodys
        }
        return object.successRedirect
    }

    func abandon() async {
        await object?.abandon()
    }

    private mutating func begin(_ name: String, fileName: String?) async throws {
        guard object == nil else {
            throw GASError(.invalid, "The upload has a field behind the file; the file must be the last one.")
        }
        guard name == "file" else {
            guard fields.count < settings.uploadFields else {
                throw GASError(.invalid, "The upload has too many fields.")
            }
            field = (name, [])
            return
        }
        guard let fileName, !fileName.isEmpty else {
            throw GASError(.invalid, "No file was chosen. Go back, choose a VCF file, try again.")
        }
        guard fields["bucket", default: bucket] == bucket else {
            throw GASError(.invalid, "The upload was sent to another bucket than its form says.")
        }
        fields["bucket"] = bucket
        guard try await hasOwner else { throw Self.nobodys }
        guard try await isOwnerSignedIn else {
            throw GASError(
                .forbidden, "The person that this form was made for has signed out. Sign in and open a new form.")
        }
        object = try await endpoint.beginUpload(fields: fields, fileName: fileName)
    }

    /// Whether the account for which the form was signed is there still: it may have been deleted since, and even
    /// while the file came. A form that names none is refused by its signature.
    private var hasOwner: Bool {
        get async throws {
            guard let key = ObjectKey(parsing: fields["key"] ?? "", prefix: settings.keyPrefix) else { return true }
            return try await services.accounts.account(key.userID) != nil
        }
    }

    /// Whether the account is signed in somewhere: a form that was left open somewhere ends with the last session.
    private var isOwnerSignedIn: Bool {
        get async throws {
            guard let key = ObjectKey(parsing: fields["key"] ?? "", prefix: settings.keyPrefix) else { return true }
            return try await !sessions.sessions(of: key.userID).isEmpty
        }
    }

    private static let nobodys = GASError(.forbidden, "The account that this form was made for was deleted.")

    private mutating func add(_ bytes: ArraySlice<UInt8>) async throws {
        if let object {
            size += bytes.count
            return try await object.write(bytes)
        }
        field?.bytes.append(contentsOf: bytes)
        if let count = field?.bytes.count, count > settings.uploadFieldBytes {
            throw GASError(.invalid, "A field of the upload is too long.")
        }
    }

    private mutating func end() {
        if object != nil { hasWholeFile = true }
        if let field { fields[field.name] = String(decoding: field.bytes, as: UTF8.self) }
        field = nil
    }
}
