extension AnnotationSummary {
    /// The Sequence Ontology terms under which consequences are counted, most severe first.
    public static let termsBySeverity: [String] = Consequence.allCases.map { $0.term.description }
}
