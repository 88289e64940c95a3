"""Paying for Premium in a real browser, at an emulator of Stripe that somebody else wrote."""

import hashlib
import hmac
import json
import re
import time

import pytest
import requests

from browser import chromium, page_of, screenshot
from stripe_rig import DECLINED_CARD, SECRET_KEY, WEBHOOK_SECRET, StripeRig
from test_main_job import sign_up

WELCOME = "You have the Premium plan now"


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def rig(tmp_path):
    rig = StripeRig(tmp_path)
    yield rig
    rig.stop()


@pytest.fixture
def shop(rig, make_service):
    """The service with the emulator, which notifies it.  No secret gets into its log, whatever a test does."""
    service = make_service(settings=rig.settings())
    rig.start(service.authority)
    rig.notify(service.url + "/payments/events")
    yield service
    for secret in (SECRET_KEY, WEBHOOK_SECRET):
        assert secret not in service.log_text()


def roles(service):
    return [role for (role,) in service.rows("SELECT role FROM accounts")]


def wait_until(test, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.1)


def wait_for_role(service, role):
    wait_until(lambda: roles(service) == [role], f"role {role}")


def handled(service):
    return {event for (event,) in service.rows("SELECT event_id FROM payment_events")}


def wait_for_event(service, rig, kind):
    """Waits until the service has dealt with what the emulator tells of its own accord."""
    wait_until(lambda: {event["id"] for event in rig.events(kind)} <= handled(service), f"delivery of {kind}")


def go_to_checkout(page, service, rig):
    page.goto(service.url + "/subscribe")
    assert "9 euros a month" in page.locator("main").inner_text()
    page.locator("#subscribe").click()
    page.wait_for_url(rig.pages + "/checkout/**")


def subscribe(page, service, rig):
    go_to_checkout(page, service, rig)
    page.get_by_role("button", name="Subscribe").click()
    page.get_by_text(WELCOME).wait_for()


def deliver(service, event, secret=WEBHOOK_SECRET, age=0):
    """Sends an event as Stripe does, or as a forger would."""
    body = json.dumps(event).encode()
    when = int(time.time()) - age
    code = hmac.new(secret.encode(), b"%d.%s" % (when, body), hashlib.sha256).hexdigest()
    return post(service, body, f"t={when},v1={code}")


def post(service, body, signature):
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Content-Type": "application/json", **({"Stripe-Signature": signature} if signature else {})}
        return session.post(service.url + "/payments/events", data=body, headers=headers, verify=service.authority,
                            timeout=20).status_code


def test_paying_cancelling_and_paying_again(shop, rig, browser):
    with page_of(browser) as page:
        sign_up(page, shop.url)
        go_to_checkout(page, shop, rig)
        page.get_by_role("link", name="Back").click()
        page.wait_for_url(shop.url + "/subscribe")
        assert roles(shop) == ["free_user"]

        subscribe(page, shop, rig)
        screenshot(page, "paid")
        assert roles(shop) == ["premium_user"]
        first = rig.subscriptions()[0]
        assert first["status"] == "active"
        assert first["metadata"] == {"account_id": shop.rows("SELECT id FROM accounts")[0][0]}
        # The events about it come later, and change nothing.
        for kind in ("checkout.session.completed", "customer.subscription.created", "invoice.payment_succeeded"):
            wait_for_event(shop, rig, kind)
        assert roles(shop) == ["premium_user"]

        page.goto(shop.url + "/profile")
        page.get_by_text("Cancel Premium").click()
        page.locator("#unsubscribe").click()
        page.get_by_text("You have the Free plan now.").wait_for()
        assert roles(shop) == ["free_user"]
        assert [subscription["status"] for subscription in rig.subscriptions()] == ["canceled"]

        # The address that gave Premium gives it no second time.
        session = rig.events("checkout.session.completed")[0]["data"]["object"]["id"]
        page.goto(f"{shop.url}/subscribe/done?session_id={session}")
        page.get_by_text("has not confirmed your payment").wait_for()
        assert roles(shop) == ["free_user"]

        # Paying again is the same customer, and the late end of the first subscription takes nothing.
        subscribe(page, shop, rig)
        assert len({subscription["customer"] for subscription in rig.subscriptions()}) == 1
        end = rig.events("customer.subscription.deleted")[0]
        assert deliver(shop, {**end, "id": "evt_late"}) == 200
        assert roles(shop) == ["premium_user"]
        assert page.watcher.complaints == []


def test_notifications_alone_give_and_take_premium(shop, rig, browser):
    with page_of(browser) as page:
        sign_up(page, shop.url)
        go_to_checkout(page, shop, rig)
        # The browser is closed before it comes back.
        page.route(re.compile("/subscribe/done"), lambda route: route.abort())
        page.get_by_role("button", name="Subscribe").click()
    wait_for_role(shop, "premium_user")
    subscription, = rig.subscriptions()

    # Somebody ends it at Stripe's side.
    rig.call("DELETE", "/v1/subscriptions/" + subscription["id"])
    wait_for_role(shop, "free_user")


def test_the_portal_ends_it_too(shop, rig, browser):
    with page_of(browser) as page:
        sign_up(page, shop.url)
        subscribe(page, shop, rig)
        page.goto(shop.url + "/profile")
        page.locator("#billing").click()
        page.wait_for_url(rig.pages + "/portal/**")
        page.get_by_role("button", name="Cancel subscription").click()
        wait_for_role(shop, "free_user")
        page.get_by_role("link", name="Return").click()
        page.locator("#upgrade").wait_for()


def test_a_declined_card_gives_nothing(shop, rig, browser):
    with page_of(browser) as page:
        sign_up(page, shop.url)
        go_to_checkout(page, shop, rig)
        page.get_by_label("Card").fill(DECLINED_CARD)
        page.get_by_role("button", name="Subscribe").click()
        page.get_by_text("Your card was declined.").wait_for()
        wait_for_event(shop, rig, "customer.subscription.created")
        assert roles(shop) == ["free_user"]


def test_forged_and_repeated_notifications(shop, rig, browser):
    with page_of(browser) as page:
        sign_up(page, shop.url)
        subscribe(page, shop, rig)
    for kind in ("checkout.session.completed", "customer.subscription.created", "invoice.payment_succeeded"):
        wait_for_event(shop, rig, kind)
    subscription, = rig.subscriptions()
    before = handled(shop)
    end = {"id": "evt_forged", "object": "event", "type": "customer.subscription.deleted",
           "data": {"object": {**subscription, "status": "canceled"}}}
    body = json.dumps(end).encode()
    for status in (deliver(shop, end, secret="whsec_guessed"), deliver(shop, end, age=3600),
                   post(shop, body, None), post(shop, body, "t=1,v1=00"), deliver(shop, {"no": "event"})):
        assert status in (400, 403), status
    assert handled(shop) == before and roles(shop) == ["premium_user"]

    # A true event that comes again, and an old one whose word no longer holds, change nothing.
    created, = rig.events("customer.subscription.created")
    for _ in range(2):
        assert deliver(shop, created) == 200
    assert handled(shop) == before and roles(shop) == ["premium_user"]
    assert deliver(shop, {**end, "id": "evt_untrue"}) == 200
    assert roles(shop) == ["premium_user"]


def test_while_stripe_is_away_nothing_changes(shop, rig, browser):
    with page_of(browser) as page:
        sign_up(page, shop.url)
        subscribe(page, shop, rig)
        rig.stop()
        page.goto(shop.url + "/profile")
        page.get_by_text("Cancel Premium").click()
        with page.expect_response(re.compile("/unsubscribe")) as answer:
            page.locator("#unsubscribe").click()
        assert answer.value.status == 503
        assert roles(shop) == ["premium_user"]
