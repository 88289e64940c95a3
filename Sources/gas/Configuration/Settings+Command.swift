/// Who annotates.
enum EngineName: String, CaseIterable {
    case builtin, command
}

/// The settings of an annotator that is a command.
extension Settings {
    static let annotatorEngine = Setting.choice(
        "annotator.engine", EngineName.builtin, "Who annotates: the engine of this program, or a command.")
    static let annotatorCommand = Setting.text(
        "annotator.command.line", "",
        "The command, without a shell. {input} stands for the file, {output} for the annotated one (without it, standard "
            + "output is), {folder} for the job's own folder.")
    static let annotatorCommandSeconds = Setting.seconds(
        "annotator.command.time-limit-seconds", 3600, in: 1...604_800, "After so long the command is stopped.")
    static let annotatorCommandMemory = Setting.number(
        "annotator.command.memory-limit", 0, in: 0...1_125_899_906_842_624,
        "Bytes of memory that each process of the command may have; 0 for any.")
    static let annotatorCommandFile = Setting.number(
        "annotator.command.file-limit", 107_374_182_400, in: 1024...1_125_899_906_842_624,
        "Bytes that each file written by the command may have.")
    static let annotatorCommandLog = Setting.number(
        "annotator.command.log-limit", 1_048_576, in: 1024...1_073_741_824,
        "Bytes of the command's messages that the log keeps, from their end.")
    static let annotatorCommandGrace = Setting.seconds(
        "annotator.command.grace-seconds", 5, in: 0...600, "Time between asking the command to end and ending it.")

    static let forCommand: [any AnySetting] = [
        annotatorEngine, annotatorCommand, annotatorCommandSeconds, annotatorCommandMemory, annotatorCommandFile,
        annotatorCommandLog, annotatorCommandGrace,
    ]
}
