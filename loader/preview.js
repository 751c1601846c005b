// The preview's own page: plays the shop and a customer who has just paid. No part of the widget.

const PRODUCTS = {
  pdt_presets: "Film preset pack", pdt_course: "Colour grading course", pdt_guide: "Colour grading guide",
  pdt_stickers: "Sticker sheet", pdt_lut_eur: "LUT pack", pdt_brush_jpy: "Brush set", pdt_archive_kwd: "Photo archive",
  pdt_starter: "Starter plan", pdt_basic: "Basic plan", pdt_pro: "Pro plan",
};

/** What the page confirms when nothing answers. */
const SAMPLE = { product_cart: [{ product_id: "pdt_presets" }], total_amount: 3190, tax: 290, currency: "USD" };

const at = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const scenario = asked.get("scenario") ?? "paid";
const chosen = document.querySelector(`#scenarios a[href="/?scenario=${CSS.escape(scenario)}"]`) ?? document.querySelector("#scenarios a");

const json = async (path, body) => {
  const options = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
};

function money(minor, currency) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** The purchase that this page confirms: the one Dodo sent the shopper back with, or a new customer's. */
async function purchase() {
  const known = asked.get("payment_id");
  const payment = known ? (await json("/_sandbox/payments")).items.find((item) => item.payment_id === known) : await buy();
  if (!payment) throw new Error(`no payment ${known}`);
  asked.set("payment_id", payment.payment_id);
  asked.set("status", payment.status);
  history.replaceState(null, "", `?${asked}`);
  return payment;
}

/** Somebody who has never been here: nothing is owned or declined yet, so each visit starts alike. */
async function buy() {
  const { customer, plan, product } = chosen.dataset;
  const { customer_id } = await json("/_sandbox/customers", { scenario: customer });
  if (plan) await json("/_sandbox/purchases", { customer_id, product_id: plan });
  if (scenario === "slow-backend") {
    await json("/_sandbox/faults", { path_prefix: "/checkouts/preview", customer_id, fault: { kind: "slow", ms: 6000 } });
  }
  return json("/_sandbox/purchases", { customer_id, product_id: product });
}

function confirmOrder({ product_cart, total_amount, tax, currency }) {
  // Dodo's cart names no plans.
  const cart = product_cart ?? [{ product_id: chosen.dataset.product }];
  at("product").textContent = cart.map(({ product_id }) => PRODUCTS[product_id] ?? product_id).join(", ");
  at("subtotal").textContent = money(total_amount - (tax ?? 0), currency);
  at("tax").textContent = money(tax ?? 0, currency);
  at("total").textContent = money(total_amount, currency);
}

function showOffer(subject) {
  const element = at("element").content.firstElementChild.cloneNode(true);
  element.setAttribute("subject", subject);
  if (asked.get("theme")) element.setAttribute("theme", asked.get("theme"));
  at("offer").replaceChildren(element);
}

/** Dodo's static payment links: the buyer pays on the hosted checkout and comes back to this page. */
function openShop(url) {
  for (const link of at("products").querySelectorAll("a")) {
    link.href = `${url}/buy/${link.dataset.product}?${new URLSearchParams({ quantity: 1, redirect_url: `${location.origin}/` })}`;
  }
}

for (const name of ["ready", "shown", "accept", "succeeded", "failed", "declined", "redirect", "hidden", "error"]) {
  addEventListener(`aftercart-${name}`, () => { at("events").textContent += ` ${name}`; });
}

/** The page says in which language it is; the widget follows. */
function speak(menu) {
  const tag = asked.get("lang");
  if ([...menu.options].some((option) => option.value === tag)) {
    document.documentElement.lang = menu.value = tag;
    for (const link of document.querySelectorAll("#scenarios a")) link.href += `&lang=${tag}`;
  }
  menu.addEventListener("change", () => {
    location.assign(`/?${new URLSearchParams({ scenario, lang: menu.value })}`);
  });
}

speak(at("language"));
json("/_sandbox/info").then(({ url, panel_url }) => {
  at("panel").href = panel_url;
  openShop(url);
}, () => {});

if (!asked.has("shop")) {
  chosen.setAttribute("aria-current", "page");
  purchase().then((payment) => {
    confirmOrder(payment);
    showOffer(payment.payment_id);
  }, () => {
    confirmOrder(SAMPLE);
    showOffer("pay_preview");
  });
}
