import Foundation

/// Folders that come with the program, which may be started from anywhere.
enum ShippedFolder {
    /// How far above the executable they may be: `.build/<platform>/release/gas` in the repository, `bin/gas` where it
    /// is installed.
    private static let levels = 4

    /// The folder that a setting names. A standard one that is not where it should be is looked for above the executable,
    /// an absolute one as if the root of the file system were there.
    static func path(_ configuration: EffectiveConfiguration, _ setting: Setting<String>) -> String {
        let configured = configuration[setting]
        guard configured == setting.defaultText, !exists(configured) else { return configured }
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<levels {
            let candidate = folder.appendingPathComponent(configured).path
            if exists(candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        return configured
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
