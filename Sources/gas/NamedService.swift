import ServiceLifecycle

/// A service that is known by the name of its kind alone.
///
/// Whoever runs services writes them into the log as they are: with all that they hold, and so with every secret and
/// every address that was given to one of them.
struct NamedService: Service, CustomStringConvertible, CustomReflectable {
    private let service: any Service

    init(_ service: any Service) {
        self.service = service
    }

    func run() async throws { try await service.run() }

    var description: String { String(describing: type(of: service)) }

    var customMirror: Mirror { Mirror(self, children: []) }
}
