extension Schema {
    /// A farm counts the jobs of the last minutes.
    static let jobTimes = "CREATE INDEX annotations_by_time ON annotations (submit_time);"
}
