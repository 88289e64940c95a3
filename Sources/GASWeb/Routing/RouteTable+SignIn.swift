import GAS
import GASIdentity
import HTTPTypes
import Hummingbird

extension RouteTable {
    /// Signing in and out, and what belongs to one's account.
    var accountRoutes: [Route] {
        let door = SessionDoor(
            sessions: sessions, cookie: cookie, lifetime: settings.sessionAbsoluteSeconds, services: services)
        let signIn = SignInPage(
            pages: pages, services: services, door: door, throttle: throttle, isLocal: settings.hasLocalAccounts)
        let access = SessionsSection(services: services, sessions: sessions, door: door)
        let address = AddressPage(
            pages: pages, services: services,
            throttle: SignInThrottle(
                limit: settings.confirmationMails, window: settings.signInWindowSeconds, clock: services.clock,
                capacity: settings.signInSources),
            isRequired: settings.confirmsAddresses)
        let profile = ProfilePage(
            pages: pages, localAccounts: services.localAccounts, services: services, throttle: throttle,
            access: access, address: address, confirmsAddresses: settings.confirmsAddresses)
        let password = PasswordPage(
            pages: pages, services: services, throttle: throttle, sessions: sessions, door: door)
        let routes = [
            Route(.get, "/login", .anyone(signIn.show)),
            // Who has signed out elsewhere has what they want.
            Route(.post, "/logout", .signedIn(signIn.signOut), whenSignedOut: "/"),
            Route(.get, "/profile", .signedIn(profile.show)),
            Route(.post, "/profile", .signedIn(profile.save)),
            Route(.get, "/profile/confirm", .signedIn(address.show)),
            Route(.post, "/profile/confirm", .signedIn(address.confirm)),
            Route(.post, "/profile/confirm/mail", .signedIn(address.sendAgain)),
            Route(.post, "/profile/sessions/end", .signedIn(access.end)),
            Route(.get, "/profile/password", .signedIn(password.show)),
            Route(.post, "/profile/password", .signedIn(password.change)),
        ]
        return routes + (settings.hasLocalAccounts ? localRoutes(signIn, address, door) : [])
            + (services.signIns.providers.isEmpty ? [] : providerRoutes(signIn, door))
    }

    private func localRoutes(_ signIn: SignInPage, _ address: AddressPage, _ door: SessionDoor) -> [Route] {
        let signUp = SignUpPage(
            pages: pages, services: services, door: door, limit: SignUpLimit(settings: settings, clock: services.clock),
            address: settings.confirmsAddresses ? address : nil)
        let forgotten = ForgottenPasswordPage(
            pages: pages, services: services, sessions: sessions, door: door,
            limit: ResetLimit(settings: settings, clock: services.clock), throttle: throttle)
        return [
            Route(.get, "/password", .anyone(forgotten.show)),
            Route(.post, "/password", .anyone(forgotten.ask)),
            Route(.get, "/password/new", .anyone(forgotten.open)),
            Route(.post, "/password/new", .anyone(forgotten.choose)),
            Route(.post, "/login", .anyone(signIn.signIn)),
            Route(.get, "/signup", .anyone(signUp.show)),
            Route(.post, "/signup", .anyone(signUp.signUp)),
        ]
    }

    private func providerRoutes(_ signIn: SignInPage, _ door: SessionDoor) -> [Route] {
        let provider = ProviderSignInPage(
            pages: pages, services: services, door: door, signInPage: signIn, throttle: throttle)
        return [
            Route(.get, "/login/{provider}", .anyone(provider.begin), answer: .action),
            Route(.get, "/login/{provider}/callback", .anyone(provider.finish), answer: .action),
            Route(.get, "/logout/{provider}", .anyone(provider.leave)),
        ]
    }
}
