import DequeModule
import HeapModule

/// A group of instances with the tasks that wait before them, in simulated time: first come, first served, by the
/// instance with the most places free.
struct Station {
    private struct Instance {
        var busy = 0
        var isReady = false
        /// Takes nothing more, and goes when it is done.
        var isDraining = false
        var isGone = false
    }

    private struct Event: Comparable {
        let time: Double
        /// The instance that becomes ready, or is done with a task.
        let instance: Int
        let isReadiness: Bool

        static func < (left: Event, right: Event) -> Bool {
            (left.time, left.instance) < (right.time, right.instance)
        }
    }

    /// Tasks that one instance works on at the same time.
    let places: Int
    /// Seconds from the decision until an instance is ready.
    let startup: Double
    /// Seconds that a task takes on the average: half of it always, the other half by chance.
    let serviceSeconds: Double

    private var instances: [Instance] = []
    private var events = Heap<Event>()
    private var waiting = Deque<Double>()
    private var chance: SplitMix64
    private(set) var now = 0.0
    /// How many instances there should be.
    private(set) var size = 0

    /// Waiting times of the tasks that began.
    private(set) var waits = Tally()
    /// Seconds of all instances together, from their start to their end.
    private(set) var instanceSeconds = 0.0
    /// What happened since `takeStretch` was called last.
    private var stretch = Stretch()

    /// What happened in a stretch of time.
    struct Stretch {
        var arrivals = 0
        var responses = Tally()
        var waits = Tally()
        /// Seconds of all busy places together.
        var busySeconds = 0.0
        /// Seconds of all places together that were ready.
        var readySeconds = 0.0
    }

    init(places: Int, startup: Double, serviceSeconds: Double, size: Int, chance: SplitMix64) {
        self.places = places
        self.startup = startup
        self.serviceSeconds = serviceSeconds
        self.chance = chance
        self.size = size
        instances = Array(repeating: Instance(isReady: true), count: size)
    }

    /// Instances that work, those that finish what they have included.
    var serving: Int { instances.count { $0.isReady && !$0.isGone } }
    /// Instances at work that take tasks.
    private var taking: Int { instances.count { $0.isReady && !$0.isDraining && !$0.isGone } }
    private var alive: Int { instances.count { !$0.isGone } }
    private var busy: Int { instances.reduce(0) { $0 + $1.busy } }
    /// Tasks that wait or are worked on, for each instance that takes some.
    var backlogPerInstance: Double { Double(waiting.count + busy) / Double(max(1, taking)) }
    /// Seconds that the oldest task has waited.
    var oldest: Double { waiting.first.map { now - $0 } ?? 0 }
    /// Tasks that wait.
    var queue: Int { waiting.count }

    mutating func takeStretch() -> Stretch {
        defer { stretch = Stretch() }
        return stretch
    }

    /// From now on there should be so many.
    mutating func resize(to size: Int) {
        while self.size < size {
            instances.append(Instance())
            events.insert(Event(time: now + startup, instance: instances.count - 1, isReadiness: true))
            self.size += 1
        }
        while self.size > size {
            let last =
                instances.lastIndex { !$0.isGone && !$0.isDraining && !$0.isReady }
                ?? instances.lastIndex { !$0.isGone && !$0.isDraining }
            guard let last else { return }
            instances[last].isDraining = true
            instances[last].isGone = instances[last].busy == 0
            self.size -= 1
        }
    }

    /// Goes on until `end`, with tasks that come at these times.
    mutating func run(until end: Double, arrivals: ArraySlice<Double>) {
        var arrivals = arrivals
        while true {
            let event = events.min?.time ?? .infinity
            let arrival = arrivals.first ?? .infinity
            guard min(event, arrival) <= end else { break }
            if event <= arrival {
                advance(to: event)
                happen(events.removeMin())
            } else {
                advance(to: arrival)
                waiting.append(arrivals.removeFirst())
                stretch.arrivals += 1
            }
            beginWhatWaits()
        }
        advance(to: end)
    }

    private mutating func advance(to time: Double) {
        let seconds = time - now
        instanceSeconds += seconds * Double(alive)
        stretch.busySeconds += seconds * Double(busy)
        stretch.readySeconds += seconds * Double(taking * places)
        now = time
    }

    private mutating func happen(_ event: Event) {
        if event.isReadiness {
            instances[event.instance].isReady = true
            return
        }
        instances[event.instance].busy -= 1
        if instances[event.instance].isDraining, instances[event.instance].busy == 0 {
            instances[event.instance].isGone = true
        }
    }

    private mutating func beginWhatWaits() {
        while let arrival = waiting.first {
            let free = instances.indices.filter {
                instances[$0].isReady && !instances[$0].isDraining && instances[$0].busy < places
            }
            guard let chosen = free.min(by: { instances[$0].busy < instances[$1].busy }) else { return }
            waiting.removeFirst()
            let service = serviceSeconds / 2 + chance.exponential(serviceSeconds / 2)
            instances[chosen].busy += 1
            events.insert(Event(time: now + service, instance: chosen, isReadiness: false))
            let wait = now - arrival
            waits.add(wait)
            stretch.waits.add(wait)
            stretch.responses.add(wait + service)
        }
    }
}
