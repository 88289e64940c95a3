import AsyncHTTPClient
import Foundation
import GAS
import GASPayments
import GASTesting
import Testing

/// Signatures as Python's `hmac` made them:
///
/// ```python
/// hmac.new(secret, b"%d." % time + body, hashlib.sha256).hexdigest()
/// ```
@Suite struct StripeSignatureTests {
    static let time = 1_767_225_600
    static let body = #"""
        {"id":"evt_1","object":"event","type":"customer.subscription.updated","data":{"object":{"id":"sub_1","object":"subscription"}}}
        """#
    static let right = "caacf7e9f7b5e91b6fa131598bb34fc8162d7b3f86e16d560898af81011d3533"
    /// Under `whsec_an_older_fake_secret`.
    static let other = "dafc85d37443c01e208151253dd8eaefd1b6f40cde1d88ce90a5201aa80e9b4e"
    /// Under no secret at all.
    static let keyless = "7289772bc525abe48f9d02b2650a193a1621c8349c65d800f7bc0a352cf6cde7"
    /// Of no body at all.
    static let empty = "e0d4b755a80be73fd76f8347f92bbaf8393a95303ace3ec5c20862a3f2673fac"

    func read(_ header: String, body: String = Self.body, secret: String = StripeHouse.webhookSecret) throws
        -> PaymentEvent
    {
        let settings = StripeSettings(
            secretKey: StripeHouse.secretKey, webhookSecret: secret, priceID: "price_1", priceText: "9 EUR",
            publicURL: "https://gas.example.org")
        let now = Date(timeIntervalSince1970: Double(Self.time))
        return try StripeProvider(
            settings: settings, payments: InMemoryPaymentStore(), client: .shared, clock: ManualClock(now: now)
        ).read(PaymentNotification(body: Data(body.utf8), signature: header))
    }

    @Test(arguments: [
        "t=\(time),v1=\(right)",
        "t=\(time),v1=\(right.uppercased())",
        "v1=\(right),t=\(time)",
        "t=\(time), v1=\(right)",
        "t=\(time),v1=\(other),v1=\(right)",
        "t=\(time),v1=\(right),v1=\(other)",
        "t=\(time),v0=\(other),v1=\(right),v2=x",
        "t=\(time),v1=nonsense,v1=\(right)",
        // Exactly as long ago, and as far ahead, as is allowed.
        "t=\(time - 300),v1=e039ab02ed5c94f600ca554c29ff3fa3acf59a8ea5351015229eea3a102067ff",
        "t=\(time + 300),v1=4c41a7e4adb09646950b769f877a65205d9fb56a30f85797e1f5175725d2cc45",
    ])
    func accepted(_ header: String) throws {
        #expect(
            try read(header) == PaymentEvent(id: "evt_1", kind: "customer.subscription.updated", subject: "sub_1"))
    }

    @Test(arguments: [
        "", ",", "=", "t", "t=", "v1", "t=,v1=",
        "t=\(time)", "t=\(time),v1=", "v1=\(right)", "t=,v1=\(right)",
        "t=\(time),v0=\(right)", "t=\(time),V1=\(right)", "T=\(time),v1=\(right)",
        "t=\(time),v1=\(other)",
        "t=\(time),v1=\(right.dropLast())", "t=\(time),v1=\(right.dropLast(2))", "t=\(time),v1=\(right)00",
        "t=\(time),v1=0x\(right.dropFirst(2))",
        "t=\(time),t=\(time),v1=\(right)", "t=0\(time),v1=\(right)", "t=+\(time),v1=\(right)",
        "t=\(time).0,v1=\(right)", "t=-1,v1=\(right)", "t=99999999999999999999999,v1=\(right)",
        "t=\(time - 1),v1=\(right)", "t=\(time);v1=\(right)", "t=1,v1=١٢",
        // Signed as it should be, but a second too long ago, or too far ahead.
        "t=\(time - 301),v1=ba6b9fe52fb239cc2d8171f1ad6ee465401c3321744616465963a0908fc0ae45",
        "t=\(time + 301),v1=28ef50be8f0bbc4b13172071aac48ed28ce80a767dfdee2c53175ac865e0124c",
    ])
    func refused(_ header: String) {
        #expect(throws: GASError.self) { try read(header) }
    }

    @Test func refusalsSayForbidden() async {
        #expect(await failure { try read("t=\(Self.time),v1=\(Self.other)") }?.code == .forbidden)
        let old = "t=\(Self.time - 301),v1=ba6b9fe52fb239cc2d8171f1ad6ee465401c3321744616465963a0908fc0ae45"
        #expect(await failure { try read(old) }?.code == .forbidden)
    }

    @Test(arguments: [
        body + " ", " " + body, body.replacing("sub_1", with: "sub_2"), body.replacing("evt_1", with: "evt_2"), "",
    ])
    func alteredBodyIsRefused(_ body: String) async {
        #expect(await failure { try read("t=\(Self.time),v1=\(Self.right)", body: body) }?.code == .forbidden)
    }

    @Test func anotherSecretIsRefused() async {
        let header = "t=\(Self.time),v1=\(Self.right)"
        #expect(await failure { try read(header, secret: "whsec_an_older_fake_secret") }?.code == .forbidden)
    }

    @Test func withoutASecretNothingIsAccepted() async {
        #expect(await failure { try read("t=\(Self.time),v1=\(Self.keyless)", secret: "") }?.code == .forbidden)
    }

    @Test func signedNonsenseIsInvalid() async {
        #expect(await failure { try read("t=\(Self.time),v1=\(Self.empty)", body: "") }?.code == .invalid)
    }
}
