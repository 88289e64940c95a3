import Foundation
import GASWeb

/// What the person at the terminal reads when the service is up.
struct Welcome {
    let settings: WebSettings

    func greet(port: Int) {
        let scheme = settings.tls == nil ? "http" : "https"
        let isPublic = settings.publicURL != "\(scheme)://localhost:\(settings.port)"
        let address = isPublic ? settings.publicURL : "\(scheme)://localhost:\(port)"
        var lines = [
            "",
            "  The Genomics Annotation Service is running.",
            "",
            "  Open      \(address)",
        ]
        if settings.tls != nil, !isPublic {
            lines.append("            (the browser warns once of the certificate, which was made on this machine)")
        }
        lines.append(
            settings.hasLocalAccounts
                ? "  Sign in   choose 'Sign up' and make an account; it is kept on this machine"
                : "  Sign in   with one of the identity providers that are configured")
        if settings.assemblies().isEmpty {
            lines.append(
                "  But       no assembly is installed, so every job will fail; see 'gas reference build --help'")
        } else if let samples = settings.sampleDirectory {
            lines.append("  Try       \(samples)/mtdna-sample.vcf")
        }
        lines += ["  Stop      Control-C", ""]
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
