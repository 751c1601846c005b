// A shop in Express that prints Aftercart's offer into its thank-you page.
//
// AFTERCART_URL  where the backend is, for this server and for browsers
// PORT           of this server

import express from "express";

const backend = process.env.AFTERCART_URL ?? "http://127.0.0.1:4020";
const app = express();
app.set("views", import.meta.dirname).set("view engine", "ejs");

// The element as it is without an offer in it: the loader asks once more.
const plain = `<aftercart-offer endpoint="${backend}/api/upsell"></aftercart-offer>`;

async function printed({ query, ip }) {
  const address = `${backend}/api/upsell/${encodeURIComponent(query.payment_id)}?locale=en`;
  const headers = { accept: "text/html", "x-forwarded-for": ip };
  try {
    const answer = await fetch(address, { headers, signal: AbortSignal.timeout(500) });
    return answer.status === 200 ? await answer.text() : answer.status === 204 ? "" : plain;
  } catch {
    return plain;
  }
}

app.get("/thanks", async (request, response) => {
  response.set("cache-control", "no-store"); // the offer has the shopper's proof in it
  response.render("thanks", { backend, offer: await printed(request) });
});

const server = app.listen(process.env.PORT ?? 8080, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
