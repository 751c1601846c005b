import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { ThankYou } from "./thank-you";

const payment = new URLSearchParams(location.search).get("payment_id") ?? "";

function Shop() {
  const [isAtOrder, setIsAtOrder] = useState(true);
  const [downloads, setDownloads] = useState("Your download is ready.");
  return (
    <main>
      <h1>Thank you for your order</h1>
      <p id="downloads">{downloads}</p>
      <p>
        <button id="tab" onClick={() => setIsAtOrder(!isAtOrder)}>{isAtOrder ? "Your account" : "Your order"}</button>
      </p>
      {isAtOrder && <ThankYou payment={payment} onSold={() => setDownloads("Both downloads are ready.")} />}
    </main>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Shop />
    </StrictMode>,
  );
}
