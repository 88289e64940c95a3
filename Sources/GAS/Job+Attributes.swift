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
        func text(_ name: JobAttribute) throws -> String {
            guard let text = values[name]?.text else { throw Job.unreadable(name, values) }
            return text
        }
        func number(_ name: JobAttribute) throws -> Int {
            guard let number = values[name]?.number else { throw Job.unreadable(name, values) }
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
        guard let status = JobStatus(rawValue: try text(.status)) else { throw Job.unreadable(.status, values) }
        guard let resultState = ResultState(rawValue: try text(.resultState)) else {
            throw Job.unreadable(.resultState, values)
        }
        self.status = status
        self.resultState = resultState
        attempt = try number(.attempt)
        releases = try number(.releases)
        requestTime = try date(.requestTime)
        startTime = values[.startTime]?.date
        completeTime = values[.completeTime]?.date
        failureReason = values[.failureReason]?.text
        archiveID = values[.archiveID]?.text
        notifyExpires = values[.notifyExpires]?.date
        notifyTime = values[.notifyTime]?.date
        move = try number(.move)
        resultTime = values[.resultTime]?.date
        resultDue = values[.resultDue]?.date
        retrieval = Retrieval(attributes: values)
        restoreProblem = values[.restoreProblem]?.text
        notice = values[.notice]?.text.flatMap(ResultNotice.init)
        noticeExpires = values[.noticeExpires]?.date
        lease = Lease(attributes: values)
        progress = JobProgress(attributes: values)
        output = JobOutput(attributes: values)
        if let bucket = values[.resultsBucket]?.text, let key = values[.logKey]?.text {
            log = ObjectLocation(bucket: bucket, key: key)
        }
    }

    private static func unreadable(_ name: JobAttribute, _ values: JobAttributes) -> GASError {
        let id = values[.jobID]?.text ?? "without a job_id"
        return GASError(.corrupted, "The stored job \(id) has no usable attribute '\(name.rawValue)'.")
    }
}

extension Lease {
    var attributes: JobAttributes { [.leaseOwner: .text(owner), .leaseExpires: .time(expires)] }

    init?(attributes values: JobAttributes) {
        guard let owner = values[.leaseOwner]?.text, let expires = values[.leaseExpires]?.date else { return nil }
        self.init(owner: owner, expires: expires)
    }
}

extension Retrieval {
    var attributes: JobAttributes {
        [.retrievalID: .text(id), .retrievalTier: .text(tier.rawValue), .retrievalExpected: .time(expected)]
    }

    init?(attributes values: JobAttributes) {
        guard let id = values[.retrievalID]?.text,
            let tier = values[.retrievalTier]?.text.flatMap(RetrievalTier.init),
            let expected = values[.retrievalExpected]?.date
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

    init?(attributes values: JobAttributes) {
        guard let records = values[.progressRecords]?.number, let bytes = values[.progressBytes]?.number,
            let total = values[.progressTotalBytes]?.number, let milliseconds = values[.progressSeconds]?.number
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

    init?(attributes values: JobAttributes) {
        guard let bucket = values[.resultsBucket]?.text, let result = values[.resultKey]?.text,
            let log = values[.logKey]?.text, let summary = values[.summaryKey]?.text,
            let size = values[.resultSize]?.number
        else { return nil }
        self.init(bucket: bucket, resultKey: result, logKey: log, summaryKey: summary, resultSize: size)
    }
}
