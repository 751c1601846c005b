// The preview's own page: plays the shop, with a picker of scenarios. No part of the widget.

const SCENARIOS = [
  ["paid", "Paid", "cus_paid", "pdt_presets"],
  ["declined", "Card declined", "cus_declined", "pdt_presets"],
  ["fraud", "Card reported stolen", "cus_fraud", "pdt_presets"],
  ["3ds", "Bank asks (3DS)", "cus_3ds", "pdt_presets"],
  ["processing", "Bank takes its time", "cus_processing", "pdt_presets"],
  ["slow", "Slow charge", "cus_slow", "pdt_presets"],
  ["lost", "Answer lost", "cus_lost_answer", "pdt_presets"],
  ["error", "Error after charge", "cus_error_after_commit", "pdt_presets"],
  ["no-method", "No saved card", "cus_no_method", "pdt_presets"],
  ["expired", "Card expired", "cus_expired_card", "pdt_presets"],
  ["many", "Several cards", "cus_many_cards", "pdt_presets"],
  ["germany", "German tax", "cus_de", "pdt_presets"],
  ["yen", "Yen", "cus_jp", "pdt_brush_jpy"],
  ["dinar", "Dinar", "cus_kw", "pdt_archive_kwd"],
  ["not-eligible", "Nothing to offer", "cus_not_eligible", "pdt_stickers"],
  ["slow-backend", "Slow backend", "cus_paid", "pdt_presets"],
];
const PRODUCTS = {
  pdt_presets: "Film preset pack", pdt_course: "Colour grading course", pdt_guide: "Colour grading guide",
  pdt_stickers: "Sticker sheet", pdt_lut_eur: "LUT pack", pdt_brush_jpy: "Brush set", pdt_archive_kwd: "Photo archive",
};
const FOR_SALE = [["pdt_presets", "$29.00"], ["pdt_stickers", "$9.00"], ["pdt_lut_eur", "€39.00"], ["pdt_brush_jpy", "¥4,500"]];

const at = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const lang = asked.get("lang");
if (lang) document.documentElement.lang = lang;

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

function link(href, text, current) {
  const anchor = Object.assign(document.createElement("a"), { href, textContent: text });
  if (current) anchor.setAttribute("aria-current", "page");
  const item = document.createElement("li");
  item.append(anchor);
  return item;
}

/** The purchase that this page confirms: the one Dodo sent the shopper back with, or a fresh one. */
async function purchase(scenario) {
  const known = asked.get("payment_id");
  const [, , customer_id, product_id] = SCENARIOS.find(([name]) => name === scenario) ?? SCENARIOS[0];
  if (scenario === "slow-backend") await json("/_sandbox/faults", { path_prefix: "/checkouts/preview", fault: { kind: "slow", ms: 6000 } });
  const payment = known
    ? (await json("/_sandbox/payments")).items.find((item) => item.payment_id === known)
    : await json("/_sandbox/purchases", { customer_id, product_id });
  if (!payment) throw new Error(`no payment ${known}`);
  asked.set("payment_id", payment.payment_id);
  asked.set("status", payment.status);
  history.replaceState(null, "", `?${asked}`);
  return payment;
}

function confirmOrder({ product_cart, total_amount, tax, currency, customer }) {
  at("product").textContent = product_cart?.map(({ product_id }) => PRODUCTS[product_id] ?? product_id).join(", ") ?? "Your plan";
  at("subtotal").textContent = money(total_amount - (tax ?? 0), currency);
  at("tax").textContent = money(tax ?? 0, currency);
  at("total").textContent = money(total_amount, currency);
  at("sentence").textContent = `Your files are ready. We sent the receipt to ${customer.email}.`;
}

function showOffer(subject) {
  const element = at("element").content.firstElementChild.cloneNode(true);
  element.setAttribute("subject", subject);
  if (asked.get("theme")) element.setAttribute("theme", asked.get("theme"));
  at("offer").replaceChildren(element);
}

for (const name of ["ready", "shown", "accept", "succeeded", "failed", "declined", "redirect", "hidden", "error"]) {
  addEventListener(`aftercart-${name}`, () => { at("events").textContent += ` ${name}`; });
}

const scenario = asked.get("scenario") ?? "paid";
at("scenarios").append(...SCENARIOS.map(([name, text]) => link(`/?scenario=${name}`, text, name === scenario && !asked.has("shop"))));
at("scenarios").append(link(`?${new URLSearchParams([...asked].filter(([name]) => name !== "lang").concat([["lang", lang === "fr" ? "en" : "fr"]]))}`, lang === "fr" ? "English" : "Français"));
at("panel").href = "/_sandbox";
const sandbox = json("/_sandbox/info");
sandbox.then(({ panel_url }) => { at("panel").href = panel_url; }, () => {});

if (asked.has("shop")) {
  at("order").hidden = true;
  at("shop").hidden = false;
  const { url } = await sandbox.catch(() => ({ url: "" }));
  at("products").append(...FOR_SALE.map(([id, price]) => {
    const back = new URLSearchParams({ quantity: 1, redirect_url: `${location.origin}/` });
    return link(`${url}/buy/${id}?${back}`, `${PRODUCTS[id]} · ${price}`);
  }));
} else {
  try {
    const payment = await purchase(scenario);
    confirmOrder(payment);
    showOffer(payment.payment_id);
  } catch {
    showOffer("pay_preview");
  }
}
