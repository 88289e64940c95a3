import Foundation
import GASWeb
import Testing

@Suite struct WebSettingsTests {
    /// The reference of the program's configuration, which is generated from its settings.
    private let reference = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/configuration.md")

    @Test func defaultsAreThoseOfTheConfiguration() throws {
        let settings = WebSettings()
        let values: [String: any CustomStringConvertible] = [
            "web.host": settings.host, "web.port": settings.port, "web.jobs-per-page": settings.jobsPerPage,
            "web.upload-policy-seconds": settings.uploadPolicySeconds,
            "web.download-link-seconds": settings.downloadLinkSeconds,
            "web.bootstrap-directory": settings.bootstrapDirectory, "web.chart-directory": settings.chartDirectory,
            "web.header-bytes": settings.headerBytes, "web.form-bytes": settings.formBytes,
            "web.upload-field-bytes": settings.uploadFieldBytes, "web.upload-fields": settings.uploadFields,
            "web.refused-upload-bytes": settings.refusedUploadBytes, "web.summary-bytes": settings.summaryBytes,
            "web.log-bytes": settings.logBytes, "web.idle-connection-seconds": settings.idleConnectionSeconds,
            "web.feeds-per-account": settings.feedsPerAccount,
            "web.feed-keep-alive-seconds": settings.feedKeepAliveSeconds,
            "web.feed-interval-seconds": settings.feedIntervalSeconds,
            "web.strict-transport-seconds": settings.strictTransportSeconds, "sign-in.tries": settings.signInTries,
            "sign-in.tries-per-address": settings.signInTriesPerAddress,
            "sign-in.window-seconds": settings.signInWindowSeconds,
            "session.idle-seconds": settings.sessionIdleSeconds,
            "session.absolute-seconds": settings.sessionAbsoluteSeconds, "objects.prefix": settings.keyPrefix,
            "objects.inputs-bucket": settings.inputsBucket,
        ]
        let rows = try String(contentsOf: reference, encoding: .utf8).split(separator: "\n")
        for (key, value) in values {
            let row = try #require(rows.first { $0.hasPrefix("| `\(key)` | `") }, "\(key)")
            let text = row.split(separator: "`", omittingEmptySubsequences: false)[3]
            if let number = Double(text) {
                #expect(Double(value.description) == number, "\(key)")
            } else {
                #expect(value.description == text, "\(key)")
            }
        }
    }
}
