extension Schema {
    /// A farm counts the jobs of the last minutes.
    static let jobTimes = "CREATE INDEX annotations_by_time ON annotations (submit_time);"
    /// Administrators see the jobs in one state, whoever has them. Of an expression, so that SQLite, which counts nothing, does
    /// not take it for `job_status = ...` in place of the partial indexes, which hold but the few jobs under way.
    static let jobStates = "CREATE INDEX annotations_by_state ON annotations (job_status || '', request_time, job_id);"
}
