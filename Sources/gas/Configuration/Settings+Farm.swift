import GASFarm

/// How many processes `gas farm` runs, and how.
extension Settings {
    static let farmPolicies = Setting.requiredText(
        "farm.policies", ShippedPolicies.original.rawValue,
        "What decides how many web servers and annotators a farm has: 'original', 'adaptive', or the path of a file.")
    static let farmHAProxy = Setting.requiredText(
        "farm.haproxy", "/usr/sbin/haproxy", "The load balancer before a farm's web servers, Debian's package haproxy.")
    static let farmFirstPort = Setting.number(
        "farm.first-port", 4500, in: 1024...60_000,
        "A farm's web servers listen on loopback, on free ports from this one on.")
    static let farmConnections = Setting.number(
        "farm.connections", 4000, in: 10...1_000_000, "Open connections that a farm takes at most.")
    static let farmAnswerSeconds = Setting.seconds(
        "farm.answer-seconds", 120, in: 1...86_400,
        "A web server that is silent for so long in the middle of a request has failed it.")
    static let farmCheckSeconds = Setting.seconds(
        "farm.check-seconds", 2, in: 0.1...60, "Time between two checks whether a web server is ready.")
    static let farmStartSeconds = Setting.seconds(
        "farm.start-seconds", 120, in: 1...3600, "So long a process of a farm may take to become ready.")
    static let farmUnhealthySeconds = Setting.seconds(
        "farm.unhealthy-seconds", 15, in: 1...3600,
        "A web server that has not been ready for so long is replaced.")
    static let farmDrainSeconds = Setting.seconds(
        "farm.drain-seconds", 20, in: 0...86_400,
        "So long a web server that is to go may go on with the requests it has before it is asked to end.")
    static let farmStopSeconds = Setting.seconds(
        "farm.stop-seconds", 60, in: 1...86_400,
        "So long a process may take to end when it was asked to; then it is killed. More than queues.grace-seconds.")
    static let farmSteadySeconds = Setting.seconds(
        "farm.steady-seconds", 10, in: 0.1...3600,
        "A process that ends sooner, and again, is started anew after a pause that doubles each time; one that is no web server "
            + "takes the place of another when it has lived for so long.")
    static let farmLongestPauseSeconds = Setting.seconds(
        "farm.longest-pause-seconds", 30, in: 0.1...3600, "The longest of these pauses.")
    static let farmHistorySeconds = Setting.seconds(
        "farm.history-seconds", 7200, in: 60...604_800, "The page of the farm shows the measurements of so long.")
    static let farmEvents = Setting.number(
        "farm.events", 200, in: 10...10_000, "So many of the last events of a farm are kept.")

    static let forFarm: [any AnySetting] = [
        farmPolicies, farmHAProxy, farmFirstPort, farmConnections, farmAnswerSeconds, farmCheckSeconds,
        farmStartSeconds, farmUnhealthySeconds, farmDrainSeconds, farmStopSeconds, farmSteadySeconds,
        farmLongestPauseSeconds, farmHistorySeconds, farmEvents,
    ]
}
