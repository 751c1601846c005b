"""Every call of the sandbox's API through the official PyPI package, unmodified.

Reads SANDBOX_URL and SANDBOX_WEBHOOK_SECRET. Each answer is also checked against the package's own
models, which the package itself does not do: no field may be missing or have another type.
"""

import json
import os
import threading
import urllib.request
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import dodopayments
from dodopayments import BaseModel, DodoPayments

URL = os.environ["SANDBOX_URL"]
client = DodoPayments(
    bearer_token="dodo_test_sandbox",
    webhook_key=os.environ["SANDBOX_WEBHOOK_SECRET"],
    base_url=URL,
    max_retries=0,
)


def control(path, body):
    request = urllib.request.Request(f"{URL}/_sandbox{path}", data=json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def checked(answer):
    """The answer, after its model has validated it and found no unknown key at any depth."""
    type(answer).model_validate(answer.to_dict(mode="python"))
    knows_everything(answer)
    return answer


def knows_everything(value):
    if isinstance(value, list):
        for item in value:
            knows_everything(item)
    elif isinstance(value, BaseModel):
        assert not value.model_extra, f"{type(value).__name__} does not know {sorted(value.model_extra)}"
        for name in type(value).model_fields:
            knows_everything(getattr(value, name))


def refused(call, status, code):
    try:
        call()
    except dodopayments.APIStatusError as error:
        assert (error.status_code, error.body["code"]) == (status, code), (error.status_code, error.body)
        return
    raise AssertionError(f"{status} {code} was expected")


# Customers and saved methods
made = checked(client.customers.create(email="pypi@example.com", name="PyPI customer", metadata={"from": "pypi"}))
assert isinstance(made.created_at, datetime)
assert checked(client.customers.retrieve(made.customer_id)).metadata == {"from": "pypi"}
assert checked(client.customers.update(made.customer_id, name="Renamed customer")).name == "Renamed customer"
assert [checked(item).email for item in client.customers.list(email="pypi@example.com").items] == ["pypi@example.com"]
methods = checked(client.customers.retrieve_payment_methods("cus_many_cards")).items
assert len(methods) == 4
assert methods[0].card.last4_digits == "4242"
assert methods[0].recurring_enabled is True
spare = control(f"/customers/{made.customer_id}/methods", {})
client.customers.delete_payment_method(spare["payment_method_id"], customer_id=made.customer_id)
assert client.customers.retrieve_payment_methods(made.customer_id).items == []
assert checked(client.customers.customer_portal.create("cus_paid", send_email=False)).link.startswith(URL)

# Products
product = checked(client.products.retrieve("pdt_pro"))
assert (product.price.type, product.price.price, product.price.currency) == ("recurring_price", 8000, "USD")
assert checked(client.products.retrieve("pdt_presets")).price.type == "one_time_price"
assert len([checked(item) for item in client.products.list(page_size=100).items]) == 10

# Checkouts: preview, one click, hosted, retrieve
cart = {"product_cart": [{"product_id": "pdt_course", "quantity": 1}], "customer": {"customer_id": "cus_jp"}}
preview = checked(client.checkout_sessions.preview(**cart))
assert (preview.total_price, preview.total_tax, preview.billing_country) == (5390, 490, "JP")
one_click = checked(
    client.checkout_sessions.create(
        **cart,
        confirm=True,
        payment_method_id="pm_jp",
        metadata={"attempt": "att_pypi"},
        billing_address={"country": "JP", "zipcode": "100-0005"},
    )
)
assert one_click.checkout_url is None
hosted = checked(client.checkout_sessions.create(**cart, show_saved_payment_methods=True))
assert hosted.checkout_url.startswith(f"{URL}/session/cks_")
assert checked(client.checkout_sessions.retrieve(one_click.session_id)).payment_status == "succeeded"

# Payments
payment = checked(client.payments.retrieve(one_click.payment_id))
assert (payment.status, payment.total_amount, payment.tax) == ("succeeded", 5390, 490)
assert payment.product_cart[0].product_id == "pdt_course"
found = [checked(item) for item in client.payments.list(customer_id="cus_jp", page_size=100, page_number=0).items]
assert [item.metadata["attempt"] for item in found] == ["att_pypi"]
old = checked(
    client.payments.create(
        billing={"country": "JP"},
        customer={"customer_id": "cus_jp"},
        product_cart=[{"product_id": "pdt_guide", "quantity": 1}],
        payment_method_id="pm_jp",
    )
)
assert old.total_amount == 2090

# A decline is a 200 and a failed payment
declined = client.checkout_sessions.create(
    product_cart=cart["product_cart"],
    customer={"customer_id": "cus_fraud"},
    confirm=True,
    payment_method_id="pm_fraud",
)
assert checked(client.payments.retrieve(declined.payment_id)).error_code == "STOLEN_CARD"

# Refunds and subscriptions, as far as they are imitated
refund = checked(client.refunds.create(payment_id=old.payment_id))
assert checked(client.refunds.retrieve(refund.refund_id)).amount == 2090
assert [checked(item).refund_id for item in client.refunds.list(customer_id="cus_jp").items] == [refund.refund_id]
assert checked(client.payments.retrieve(old.payment_id)).refund_status == "full"
listed = [checked(item) for item in client.subscriptions.list(customer_id="cus_upgrade").items]
assert checked(client.subscriptions.retrieve(listed[0].subscription_id)).product_id == "pdt_basic"

# Plan changes: preview, now, scheduled and cancelled
plan_id = listed[0].subscription_id
upgrade = {"product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "difference_immediately"}
quoted = checked(client.subscriptions.preview_change_plan(plan_id, **upgrade))
summary = quoted.immediate_charge.summary
assert (summary.total_amount, summary.tax, summary.currency, summary.customer_credits) == (5500, 500, "USD", 0)
assert [line.unit_price for line in quoted.immediate_charge.line_items] == [8000, -3000]
assert isinstance(quoted.immediate_charge.effective_at, datetime)
assert quoted.new_plan.product_id == "pdt_pro"
handles = checked(client.subscriptions.change_plan(plan_id, **upgrade))
assert (handles.payment_id, handles.payment_link) == (None, None)
assert checked(client.subscriptions.retrieve(plan_id)).product_id == "pdt_pro"
charges = [checked(item) for item in client.payments.list(subscription_id=plan_id).items]
assert (charges[0].charge_type, charges[0].total_amount) == ("plan_change", summary.total_amount)
downgrade = {**upgrade, "product_id": "pdt_basic"}
credit = checked(client.subscriptions.preview_change_plan(plan_id, **downgrade)).immediate_charge.summary
assert (credit.total_amount, credit.customer_credits) == (0, 5000)
checked(client.subscriptions.change_plan(plan_id, **downgrade, effective_at="next_billing_date"))
refused(lambda: client.subscriptions.change_plan(plan_id, **downgrade), 409, "SCHEDULED_PLAN_CHANGE_EXISTS")
assert checked(client.subscriptions.retrieve(plan_id)).scheduled_change.product_id == "pdt_basic"
client.subscriptions.cancel_change_plan(plan_id)
assert checked(client.subscriptions.retrieve(plan_id)).scheduled_change is None
ended = checked(client.subscriptions.update(plan_id, status="cancelled", cancellation_comment="begun twice"))
assert (ended.status, ended.cancellation_comment) == ("cancelled", "begun twice")

# Errors
refused(lambda: client.products.retrieve("pdt_nothing"), 404, "NOT_FOUND")
refused(
    lambda: client.checkout_sessions.create(**cart, payment_method_id="pm_jp"), 422, "INVALID_REQUEST_PARAMETERS"
)
stranger = DodoPayments(bearer_token="wrong", base_url=URL, max_retries=0)
refused(stranger.products.list, 401, "UNAUTHORIZED")

# A webhook that is really delivered unwraps, and a changed one does not
received = {}


class Hook(BaseHTTPRequestHandler):
    """Keeps the one delivery it gets."""

    def do_POST(self):  # noqa: N802 - the name that http.server looks for
        received["body"] = self.rfile.read(int(self.headers["content-length"])).decode()
        received["headers"] = dict(self.headers)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        """Keeps quiet."""


server = HTTPServer(("127.0.0.1", 0), Hook)
server.timeout = 20
waiting = threading.Thread(target=server.handle_request)
waiting.start()
control("/webhooks", {"url": f"http://127.0.0.1:{server.server_port}/"})
control("/purchases", {"customer_id": "cus_kw", "product_id": "pdt_archive_kwd"})
waiting.join()
server.server_close()
control("/webhooks", {"url": None})
event = client.webhooks.unwrap(received["body"], headers=received["headers"])
assert (event.type, event.data.total_amount, event.data.currency) == ("payment.succeeded", 12500, "KWD")
try:
    client.webhooks.unwrap(received["body"].replace("12500", "1"), headers=received["headers"])
except Exception as error:
    assert "signature" in str(error).lower(), error
else:
    raise AssertionError("a changed webhook was accepted")
print("PyPI package: every call decoded")
