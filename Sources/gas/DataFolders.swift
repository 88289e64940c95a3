import Foundation
import GAS

/// What is where in the data folder.
struct DataFolders {
    let root: String
    /// Archived results; may lie on another disk.
    let archive: String

    init(_ configuration: EffectiveConfiguration) throws {
        let path = configuration[Settings.dataDirectory]
        root = Self.absolute(path)
        let archivePath = configuration[Settings.archiveDirectory]
        archive = archivePath.isEmpty ? root + "/archive" : Self.absolute(archivePath)
        try Self.make(root, "The data folder \(path)", Settings.dataDirectory)
        if !archivePath.isEmpty {
            try Self.make(archive, "The folder of the archive \(archivePath)", Settings.archiveDirectory)
        }
    }

    private static func make(_ path: String, _ name: String, _ setting: any AnySetting) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw GASError(.invalid, "\(name) cannot be created; set \(setting.key).")
        }
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    var database: String { root + "/gas.sqlite" }
    var objects: String { root + "/objects" }
    var outbox: String { root + "/outbox" }
    var work: String { root + "/work" }
    var archiverWork: String { work + "/archiver" }
    var thawerWork: String { work + "/thawer" }
    var exports: String { work + "/exports" }
    var farm: String { root + "/farm" }
    var farmState: String { farm + "/state.json" }
    var downloads: String { root + "/downloads" }
    var references: String { root + "/references" }
    var tls: String { root + "/tls" }
    var signingKey: String { root + "/signing-key" }
    var sealingKey: String { root + "/sealing-key" }
}
