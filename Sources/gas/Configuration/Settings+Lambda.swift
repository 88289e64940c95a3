/// The settings of roles that run as functions of AWS Lambda.
extension Settings {
    static let lambdaMarginSeconds = Setting.seconds(
        "lambda.margin-seconds", 2, in: 0...60,
        "So long before AWS Lambda ends a call, what is not done yet is given back to the queue.")

    static let forLambda: [any AnySetting] = [lambdaMarginSeconds]
}
