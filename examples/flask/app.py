"""A shop in Flask that prints Aftercart's offer into its thank-you page.

AFTERCART_URL  where the backend is, for this server and for browsers
PORT           of this server
"""

import os
from urllib.parse import quote

import requests
from flask import Flask, make_response, render_template, request
from markupsafe import Markup
from waitress import create_server

BACKEND = os.environ.get("AFTERCART_URL", "http://127.0.0.1:4020")
# The element as it is without an offer in it: the loader asks once more.
PLAIN = f'<aftercart-offer endpoint="{BACKEND}/api/upsell"></aftercart-offer>'

app = Flask(__name__)


def printed():
    address = f"{BACKEND}/api/upsell/{quote(request.args.get('payment_id', ''), safe='')}"
    headers = {"accept": "text/html", "x-forwarded-for": request.remote_addr}
    try:
        answer = requests.get(address, params={"locale": "en"}, headers=headers, timeout=0.5)
    except requests.RequestException:
        return PLAIN
    return answer.text if answer.status_code == 200 else "" if answer.status_code == 204 else PLAIN


@app.get("/thanks")
def thanks():
    page = make_response(render_template("thanks.html", backend=BACKEND, offer=Markup(printed())))
    page.headers["cache-control"] = "no-store"  # the offer has the shopper's proof in it
    return page


if __name__ == "__main__":
    server = create_server(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8080")))
    print(f"http://127.0.0.1:{server.effective_port}/", flush=True)
    server.run()
