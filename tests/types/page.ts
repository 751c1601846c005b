// A page in TypeScript, as a merchant writes one with the widget's types. It is compiled, strictly, and not run.
// Each `@ts-expect-error` is a mistake that the types are there to find.

import type { AftercartEvents, AftercartOfferElement } from "./aftercart";

window.aftercart = { offer: fetch("/api/upsell/pay_1?locale=en") };
const files: string | undefined = window.aftercart.files;

const offer = document.createElement("aftercart-offer");
offer.endpoint = "https://shop.example/api/upsell";
offer.subject = "cus_1";
offer.token = null;
offer.locale = document.documentElement.lang;
offer.theme = "dark";
offer.placement = "banner";
offer.density = "compact";
offer.checkoutUrl = offer.successUrl = "https://shop.example/";
offer.onUnknown = "wait";
// @ts-expect-error there is no such theme
offer.theme = "blue";
// @ts-expect-error nor such a property: `paymentMethod` is the shopper's to choose
offer.paymentMethod = "pm_1";

offer.addEventListener("aftercart-succeeded", function ({ detail }) {
  const heard: AftercartOfferElement = this;
  const payment: string | null = detail.paymentId;
  console.log(heard.endpoint, payment, detail.offerId, detail.sessionId);
  // @ts-expect-error a payment that is only on its way has no id
  detail.paymentId.length;
});
offer.addEventListener("aftercart-accept", (event) => event.preventDefault());
offer.addEventListener("click", (event) => event.stopPropagation());
document.addEventListener("aftercart-redirect", ({ detail }) => location.assign(detail.url));
document.addEventListener("aftercart-failed", ({ detail }) => console.log(detail.code, detail.checkoutUrl));
document.addEventListener("aftercart-hidden", ({ detail }) => console.log(detail.reason));
document.addEventListener("aftercart-error", ({ detail }) => console.log(detail.message));

const named: keyof AftercartEvents = "aftercart-shown";
// @ts-expect-error no event is called so
const misnamed: keyof AftercartEvents = "aftercart-sold";

document.querySelector("aftercart-offer")?.accept();
document.querySelector("aftercart-offer")?.decline();
document.querySelector("aftercart-offer")?.refresh();
export { files, misnamed, named };
