"""Stands in Stripe's place: PyPI's `localstripe`, somebody else's emulator, with the two things that it lacks.

localstripe has customers, cards, plans, subscriptions and signed webhooks.  Added here are the checkout page and the
portal, on a port of their own as they are on hosts of their own at Stripe.  Run as a program it serves until it is
ended; `StripeRig` starts and stops it.
"""

import argparse
import asyncio
import html
import os
import pathlib
import subprocess
import sys
import time

import requests

from conftest import free_port

SECRET_KEY = "sk_test_not_a_secret"
WEBHOOK_SECRET = "whsec_obviously_not_a_secret"
PLAN = "premium-monthly"
GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000341"


class StripeRig:
    """One running emulator, with a price of Premium."""

    def __init__(self, folder):
        self.port, self.pages_port = free_port(), free_port()
        self.api = f"http://127.0.0.1:{self.port}"
        self.pages = f"http://127.0.0.1:{self.pages_port}"
        self.log = pathlib.Path(folder) / "stripe.log"
        self.process = None

    def settings(self):
        """The service's settings for it."""
        return {
            "payments-provider": "stripe", "payments-stripe-api-url": self.api,
            "payments-stripe-secret-key": SECRET_KEY, "payments-stripe-webhook-secret": WEBHOOK_SECRET,
            "payments-stripe-price": PLAN, "payments-stripe-price-text": "9 euros a month",
            "payments-stripe-origins": self.pages, "payments-stripe-timeout-seconds": 5,
        }

    def start(self, authority):
        """Starts it, trusting the service's certificate, which exists once the service runs."""
        environment = {**os.environ, "SSL_CERT_FILE": str(authority)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__, "--port", str(self.port), "--pages-port", str(self.pages_port)],
                env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.call("POST", "/v1/plans", data={
                    "id": PLAN, "amount": 900, "currency": "eur", "interval": "month", "product[name]": "Premium"})
                return self
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError(f"the emulator did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)

    def call(self, method, path, **options):
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                method, self.api + path, headers={"Authorization": f"Bearer {SECRET_KEY}"}, timeout=10, **options)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def notify(self, url):
        """Has events sent to the service."""
        self.call("POST", "/_config/webhooks/gas", json={"url": url, "secret": WEBHOOK_SECRET})

    def subscriptions(self):
        """Everything that was ever subscribed."""
        return self.call("GET", "/v1/subscriptions", params={"status": "all", "limit": 100})["data"]

    def events(self, kind):
        return self.call("GET", "/v1/events", params={"type": kind, "limit": 100})["data"]


def build_applications(pages_url):
    """localstripe's application with our two kinds of session, and the application of the pages."""
    from aiohttp import web
    from localstripe import resources, server
    from localstripe.errors import UserError

    # It would keep its state in a file that all processes of the machine share.
    resources.Store.dump_to_disk = lambda store: None

    class CheckoutSession(resources.StripeObject):
        object = "checkout.session"
        _id_prefix = "cs_test_"

        def __init__(self, mode=None, line_items=None, success_url=None, cancel_url=None, client_reference_id=None,
                     subscription_data=None, customer=None, customer_email=None, **others):
            if others or mode != "subscription" or not line_items or not success_url or not cancel_url:
                raise UserError(400, "Bad request", {"code": "parameter_unknown"})
            if (customer is None) == (customer_email is None):
                raise UserError(400, "Bad request", {"param": "customer"})
            if customer is not None:
                resources.Customer._api_retrieve(customer)
            self._item = {"plan": line_items[0]["price"], "quantity": int(line_items[0]["quantity"])}
            resources.Plan._api_retrieve(self._item["plan"])
            super().__init__()
            self.mode, self.status, self.payment_status = mode, "open", "unpaid"
            self.client_reference_id = client_reference_id
            self.customer, self.customer_email = customer, customer_email
            self.success_url, self.cancel_url, self.subscription = success_url, cancel_url, None
            self.url = f"{pages_url}/checkout/{self.id}"
            self._metadata = (subscription_data or {}).get("metadata", {})

        def _pay(self, number):
            """Subscribes as Stripe's page does."""
            if self.status != "open":
                raise UserError(400, "This page is over.")
            if self.customer is None:
                self.customer = resources.Customer._api_create(email=self.customer_email).id
            card = {"number": number, "exp_month": "12", "exp_year": "2099", "cvc": "123"}
            method = resources.PaymentMethod._api_create(type="card", card=card)
            resources.PaymentMethod._api_attach(method.id, customer=self.customer)
            resources.Customer._api_update(
                self.customer, invoice_settings={"default_payment_method": method.id})
            subscription = resources.Subscription._api_create(
                customer=self.customer, items=[dict(self._item)], metadata=dict(self._metadata))
            if subscription.status != "active":
                raise UserError(402, "Your card was declined.")
            self.subscription, self.status, self.payment_status, self.url = subscription.id, "complete", "paid", None
            resources.schedule_webhook(resources.Event("checkout.session.completed", self))
            return self.success_url.replace("{CHECKOUT_SESSION_ID}", self.id)

    class PortalSession(resources.StripeObject):
        object = "billing_portal.session"
        _id_prefix = "bps_"

        def __init__(self, customer=None, return_url=None):
            resources.Customer._api_retrieve(customer)
            super().__init__()
            self.customer, self.return_url, self.url = customer, return_url, f"{pages_url}/portal/{self.id}"

    for kind, url in ((CheckoutSession, "/v1/checkout/sessions"), (PortalSession, "/v1/billing_portal/sessions")):
        server.app.router.add_post(url, server.api_create(kind, url))
        server.app.router.add_get(url + "/{id}", server.api_retrieve(kind, url))

    def page(title, *parts):
        return web.Response(content_type="text/html", text=(
            "<!doctype html><html lang=en><link rel=icon href='data:,'>"
            f"<title>{title}</title><h1>{title}</h1>" + "".join(parts)))

    def link(name, url):
        return f'<p><a href="{html.escape(url)}">{name}</a></p>'

    def checkout_form(session, problem=""):
        return page(
            "Checkout", f"<p role=alert>{html.escape(problem)}</p>" if problem else "",
            f'<form method=post><label>Card <input name=number value="{GOOD_CARD}"></label>',
            "<button>Subscribe</button></form>", link("Back", session.cancel_url))

    async def show_checkout(request):
        return checkout_form(CheckoutSession._api_retrieve(request.match_info["id"]))

    async def pay(request):
        session = CheckoutSession._api_retrieve(request.match_info["id"])
        try:
            raise web.HTTPSeeOther(session._pay((await request.post())["number"]))
        except UserError as error:
            return checkout_form(session, error.body["error"]["message"])

    async def show_portal(request):
        session = PortalSession._api_retrieve(request.match_info["id"])
        return page("Portal", "<form method=post><button>Cancel subscription</button></form>",
                    link("Return", session.return_url))

    async def cancel(request):
        session = PortalSession._api_retrieve(request.match_info["id"])
        for subscription in resources.Subscription._api_list_all(None, customer=session.customer)._list:
            resources.Subscription._api_delete(subscription.id)
        return page("Portal", "<p role=status>Cancelled.</p>", link("Return", session.return_url))

    pages = web.Application(middlewares=[server.error_middleware])
    pages.add_routes([
        web.get("/checkout/{id}", show_checkout), web.post("/checkout/{id}", pay),
        web.get("/portal/{id}", show_portal), web.post("/portal/{id}", cancel)])
    return server.app, pages


async def serve(port, pages_port):
    from aiohttp import web

    applications = build_applications(f"http://127.0.0.1:{pages_port}")
    for application, number in zip(applications, (port, pages_port)):
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", number).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    import logging

    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pages-port", type=int, required=True)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.pages_port))
