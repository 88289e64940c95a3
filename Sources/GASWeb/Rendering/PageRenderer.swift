import Foundation
import GAS
import HTTPTypes
import Hummingbird
import Mustache

/// Turns what a page has to say into HTML: one Mustache template per page, all inside one layout.
struct PageRenderer: Sendable {
    private let library: MustacheLibrary
    private let links: AssetLinks
    private let settings: WebSettings

    /// Reads all templates.
    init(settings: WebSettings, assets: AssetLibrary) async throws {
        guard let views = Bundle.module.resourceURL?.appendingPathComponent("Views").path else {
            throw GASError(.internal, "The pages' templates are missing beside the program.")
        }
        library = try await MustacheLibrary(directory: views)
        links = AssetLinks(assets)
        self.settings = settings
    }

    /// A page.
    /// - Parameters:
    ///   - template: name of the file in Views.
    ///   - title: of the window, before the service's name.
    ///   - content: what the template shows.
    ///   - section: the entry of the navigation that the page belongs to.
    ///   - formTargets: origins besides our own to which a form of the page is posted.
    func page(
        _ template: String,
        title: String,
        _ call: Call,
        content: Any,
        section: Section? = nil,
        status: HTTPResponse.Status = .ok,
        formTargets: [String] = []
    ) -> Response {
        let frame = Frame(
            title: title,
            assets: links,
            version: settings.version,
            csrf: call.formToken.value,
            feedRetry: String(settings.feedRetrySeconds),
            canSignUp: settings.hasLocalAccounts,
            visitor: call.visitor.map { Frame.Name(name: $0.account.name) },
            isAnnotate: section == .annotate,
            isAnnotations: section == .annotations,
            isProfile: section == .profile,
            isAdmin: section == .admin,
            isAdministrator: call.visitor?.isAdministrator ?? false,
            announcement: call.announcement.map { Frame.Notice(text: $0.text, closes: $0.closes) },
            content: content
        )
        return Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: ContentSecurityPolicy.text(formTargets: formTargets),
            ],
            body: .init(byteBuffer: ByteBuffer(string: fragment(template, content: frame)))
        )
    }

    /// A part of a page, as HTML.
    func fragment(_ template: String, content: Any) -> String {
        guard let html = library.render(content, withTemplate: template) else {
            preconditionFailure("There is no template \(template).")
        }
        return html
    }

    /// The page that tells of an error.
    /// - Parameter isUpload: whether a file was refused, so that another one may be chosen.
    func error(_ told: ErrorAnswers.Told, _ call: Call, isUpload: Bool) -> Response {
        page(
            "error",
            title: told.title ?? told.status.reasonPhrase,
            call,
            content: ErrorContent(
                code: told.status.code,
                title: told.title ?? told.status.reasonPhrase,
                message: told.message,
                requestID: call.context.requestID,
                isOurs: told.status.code >= 500,
                isUpload: isUpload,
                isUpgradeable: told.isUpgradeable
            ),
            status: told.status
        )
    }

    /// The entries of the navigation.
    enum Section: Sendable {
        case annotate, annotations, profile, admin
    }
}

/// What every page shows around its content.
struct Frame {
    struct Name {
        let name: String
    }

    struct Notice {
        let text: String
        let closes: Bool
    }

    let title: String
    let assets: AssetLinks
    let version: String
    let csrf: String
    /// Seconds after which the page's script asks again for a stream of news that was refused.
    let feedRetry: String
    /// Whether people can open an account here themselves.
    let canSignUp: Bool
    let visitor: Name?
    let isAnnotate: Bool
    let isAnnotations: Bool
    let isProfile: Bool
    let isAdmin: Bool
    let isAdministrator: Bool
    let announcement: Notice?
    let content: Any
}

/// Addresses of the files that pages load.
struct AssetLinks: Sendable {
    let bootstrap: String
    let style: String
    let script: String
    let live: String
    let countdown: String
    let upload: String
    let chart: String
    let charts: String
    let farm: String
    let icon: String

    init(_ assets: AssetLibrary) {
        bootstrap = assets.address("bootstrap.css")
        style = assets.address("gas.css")
        script = assets.address("gas.js")
        live = assets.address("live.js")
        countdown = assets.address("countdown.js")
        upload = assets.address("upload.js")
        chart = assets.address("chart.js")
        charts = assets.address("charts.js")
        farm = assets.address("farm.js")
        icon = assets.address("icon.svg")
    }
}

private struct ErrorContent {
    let code: Int
    let title: String
    let message: String
    let requestID: String
    let isOurs: Bool
    let isUpload: Bool
    let isUpgradeable: Bool
}

extension Frame: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "title": title
        case "assets": assets
        case "version": version
        case "csrf": csrf
        case "feedRetry": feedRetry
        case "canSignUp": canSignUp
        case "visitor": visitor
        case "isAnnotate": isAnnotate
        case "isAnnotations": isAnnotations
        case "isProfile": isProfile
        case "isAdmin": isAdmin
        case "isAdministrator": isAdministrator
        case "announcement": announcement
        case "content": content
        default: nil
        }
    }
}

extension Frame.Name: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "name": name
        default: nil
        }
    }
}

extension AssetLinks: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "bootstrap": bootstrap
        case "style": style
        case "script": script
        case "live": live
        case "countdown": countdown
        case "upload": upload
        case "chart": chart
        case "charts": charts
        case "farm": farm
        case "icon": icon
        default: nil
        }
    }
}
