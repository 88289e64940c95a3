import Foundation

extension Job {
    /// The job as a store keeps it.
    public var attributes: JobAttributes {
        var values: JobAttributes = [
            .jobID: .text(id.rawValue),
            .userID: .text(userID.rawValue),
            .inputFileName: .text(inputFileName),
            .inputsBucket: .text(input.bucket),
            .inputKey: .text(input.key),
            .inputSize: .number(inputSize),
            .submitTime: .time(submitTime),
            .status: .text(status.rawValue),
            .resultState: .text(resultState.rawValue),
            .attempt: .number(attempt),
            .releases: .number(releases),
            .requestTime: .time(requestTime),
            .move: .number(move),
        ]
        values[.resultsBucket] = log.map { .text($0.bucket) }
        values[.logKey] = log.map { .text($0.key) }
        values[.startTime] = startTime.map(AttributeValue.time)
        values[.completeTime] = completeTime.map(AttributeValue.time)
        values[.failureReason] = failureReason.map(AttributeValue.text)
        values[.archiveID] = archiveID.map(AttributeValue.text)
        values[.notifyExpires] = notifyExpires.map(AttributeValue.time)
        values[.notifyTime] = notifyTime.map(AttributeValue.time)
        values[.resultTime] = resultTime.map(AttributeValue.time)
        values[.resultDue] = resultDue.map(AttributeValue.time)
        values[.restoreProblem] = restoreProblem.map(AttributeValue.text)
        values[.notice] = notice.map { .text($0.rawValue) }
        values[.noticeExpires] = noticeExpires.map(AttributeValue.time)
        if let retrieval { values.merge(retrieval.attributes) { $1 } }
        if let lease { values.merge(lease.attributes) { $1 } }
        if let progress { values.merge(progress.attributes) { $1 } }
        if let output { values.merge(output.attributes) { $1 } }
        return values
    }

    /// Reads a job from what a store keeps.
    /// - Throws: `GASError` with code `corrupted` when a required attribute is missing or of the wrong kind.
    public init(attributes values: JobAttributes) throws {
        try self.init { values[$0] }
    }

    /// Reads a job from what a store keeps, where a dictionary of it would take longer to make than to read.
    /// - Parameter value: what the store keeps under a name; `nil` for nothing.
    /// - Throws: as above.
    public init(reading value: (JobAttribute) -> AttributeValue?) throws {
        func text(_ name: JobAttribute) throws -> String {
            guard let text = value(name)?.text else { throw Job.unreadable(name, value) }
            return text
        }
        func number(_ name: JobAttribute) throws -> Int {
            guard let number = value(name)?.number else { throw Job.unreadable(name, value) }
            return number
        }
        func date(_ name: JobAttribute) throws -> Date {
            Date(timeIntervalSince1970: Double(try number(name)) / 1000)
        }
        self.init(
            id: JobID(rawValue: try text(.jobID)),
            userID: AccountID(rawValue: try text(.userID)),
            inputFileName: try text(.inputFileName),
            input: ObjectLocation(bucket: try text(.inputsBucket), key: try text(.inputKey)),
            inputSize: try number(.inputSize),
            submitTime: try date(.submitTime))
        guard let status = JobStatus(rawValue: try text(.status)) else { throw Job.unreadable(.status, value) }
        guard let resultState = ResultState(rawValue: try text(.resultState)) else {
            throw Job.unreadable(.resultState, value)
        }
        self.status = status
        self.resultState = resultState
        attempt = try number(.attempt)
        releases = try number(.releases)
        requestTime = try date(.requestTime)
        startTime = value(.startTime)?.date
        completeTime = value(.completeTime)?.date
        failureReason = value(.failureReason)?.text
        archiveID = value(.archiveID)?.text
        notifyExpires = value(.notifyExpires)?.date
        notifyTime = value(.notifyTime)?.date
        move = try number(.move)
        resultTime = value(.resultTime)?.date
        resultDue = value(.resultDue)?.date
        retrieval = Retrieval(reading: value)
        restoreProblem = value(.restoreProblem)?.text
        notice = value(.notice)?.text.flatMap(ResultNotice.init)
        noticeExpires = value(.noticeExpires)?.date
        lease = Lease(reading: value)
        progress = JobProgress(reading: value)
        output = JobOutput(reading: value)
        if let bucket = value(.resultsBucket)?.text, let key = value(.logKey)?.text {
            log = ObjectLocation(bucket: bucket, key: key)
        }
    }

    private static func unreadable(_ name: JobAttribute, _ value: (JobAttribute) -> AttributeValue?) -> GASError {
        let id = value(.jobID)?.text ?? "without a job_id"
        return GASError(.corrupted, "The stored job \(id) has no usable attribute '\(name.rawValue)'.")
    }
}

extension Lease {
    var attributes: JobAttributes { [.leaseOwner: .text(owner), .leaseExpires: .time(expires)] }

    init?(reading value: (JobAttribute) -> AttributeValue?) {
        guard let owner = value(.leaseOwner)?.text, let expires = value(.leaseExpires)?.date else { return nil }
        self.init(owner: owner, expires: expires)
    }
}

extension Retrieval {
    var attributes: JobAttributes {
        [.retrievalID: .text(id), .retrievalTier: .text(tier.rawValue), .retrievalExpected: .time(expected)]
    }

    init?(reading value: (JobAttribute) -> AttributeValue?) {
        guard let id = value(.retrievalID)?.text,
            let tier = value(.retrievalTier)?.text.flatMap(RetrievalTier.init),
            let expected = value(.retrievalExpected)?.date
        else { return nil }
        self.init(id: id, tier: tier, expected: expected)
    }
}

extension JobProgress {
    var attributes: JobAttributes {
        [
            .progressRecords: .number(records),
            .progressBytes: .number(bytes),
            .progressTotalBytes: .number(totalBytes),
            .progressSeconds: .number(Int((seconds * 1000).rounded())),
        ]
    }

    init?(reading value: (JobAttribute) -> AttributeValue?) {
        guard let records = value(.progressRecords)?.number, let bytes = value(.progressBytes)?.number,
            let total = value(.progressTotalBytes)?.number, let milliseconds = value(.progressSeconds)?.number
        else { return nil }
        self.init(records: records, bytes: bytes, totalBytes: total, seconds: Double(milliseconds) / 1000)
    }
}

extension JobOutput {
    var attributes: JobAttributes {
        [
            .resultsBucket: .text(bucket), .resultKey: .text(resultKey), .logKey: .text(logKey),
            .summaryKey: .text(summaryKey), .resultSize: .number(resultSize),
        ]
    }

    init?(reading value: (JobAttribute) -> AttributeValue?) {
        guard let bucket = value(.resultsBucket)?.text, let result = value(.resultKey)?.text,
            let log = value(.logKey)?.text, let summary = value(.summaryKey)?.text,
            let size = value(.resultSize)?.number
        else { return nil }
        self.init(bucket: bucket, resultKey: result, logKey: log, summaryKey: summary, resultSize: size)
    }
}
