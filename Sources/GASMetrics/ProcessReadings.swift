import Foundation
import Glibc

/// What the kernel tells about this process, under the names that Prometheus's own libraries give it.
public enum ProcessReadings {
    /// What each of them is.
    public static let help = [
        "process_cpu_seconds_total": "Processor time used, in seconds.",
        "process_resident_memory_bytes": "Memory in use, in bytes.",
        "process_open_fds": "Open files.",
    ]

    /// The readings of now; what cannot be read is left out.
    static func now() -> [MetricReading] {
        var readings: [MetricReading] = []
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let seconds =
                Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
            readings.append(MetricReading("process_cpu_seconds_total", value: seconds))
        }
        // Field 2 of /proc/self/statm: pages in memory (proc(5)).
        if let data = FileManager.default.contents(atPath: "/proc/self/statm"),
            let pages = String(decoding: data, as: UTF8.self).split(separator: " ").dropFirst().first.flatMap({
                Int($0)
            })
        {
            readings.append(
                MetricReading("process_resident_memory_bytes", value: Double(pages * sysconf(Int32(_SC_PAGESIZE)))))
        }
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            readings.append(MetricReading("process_open_fds", value: Double(files.count)))
        }
        return readings
    }
}
