import GAS
import GASCommand

/// Who annotates.
extension Composition {
    func engine() throws -> any AnnotationEngine {
        switch configuration[Settings.annotatorEngine] {
        case .builtin:
            let installed = try InstalledReferences(configuration, folders)
            _ = try installed.prepare(logger: logger)
            return BuiltinEngine(library: installed.library, options: installed.options)
        case .command:
            return CommandEngine(settings: try commandSettings())
        }
    }

    private func commandSettings() throws -> CommandEngineSettings {
        let memory = configuration[Settings.annotatorCommandMemory]
        do {
            return CommandEngineSettings(
                template: try CommandTemplate(configuration[Settings.annotatorCommand]),
                timeLimit: configuration[Settings.annotatorCommandSeconds], memoryLimit: memory == 0 ? nil : memory,
                fileLimit: configuration[Settings.annotatorCommandFile],
                logLimit: configuration[Settings.annotatorCommandLog],
                grace: configuration[Settings.annotatorCommandGrace])
        } catch let error as GASError {
            throw GASError(error.code, "The setting \(Settings.annotatorCommand.key) cannot be used: \(error.message)")
        }
    }
}
