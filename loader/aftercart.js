/*! Aftercart: <aftercart-offer>. One tag per page, however often it is pasted; no dependency.
 *
 *  <script src="https://shop.example/aftercart/aftercart.js"></script>
 *  <aftercart-offer endpoint="https://shop.example/api/upsell">what shows when nothing can</aftercart-offer>
 *
 *  Fetches the WebAssembly once an element is on the page, retries that once, and gives up in time so
 *  that the element's own children show. Never touches money: that is the widget's, in one request. */
(() => {
  if (typeof window === "undefined" || window.aftercart) return;

  const SCRIPT = "__AFTERCART_WIDGET__";
  const WASM = "__AFTERCART_WASM__";
  const LIMIT_MS = 10000;
  const WORDS_LIMIT_MS = 1500;
  const NAMES = ["endpoint", "subject", "token", "locale", "checkout-url", "theme", "placement", "density", "success-url", "on-unknown"];
  const BUSY = ["charging", "waiting", "processing", "unknown", "action-required"];
  const here = document.currentScript?.src || document.baseURI;

  /* Space is kept from the first paint on. The same defaults stand in style/tokens.css. */
  const reserve = new CSSStyleSheet();
  reserve.replaceSync(
    ":host{display:block;min-block-size:var(--aftercart-reserved-block-size,31rem)}" +
    "@media(width<40rem){:host{min-block-size:var(--aftercart-reserved-block-size-small,var(--aftercart-reserved-block-size,54rem))}}" +
    "slot{display:none}:host([hidden]){display:none}" +
    ":host([placement=dialog]),:host([data-state=error]){min-block-size:0}:host([data-state=error]) slot{display:contents}",
  );

  /* A page that brings the widget inside its own wasm hands it over with aftercart.provide(). */
  let provide;
  let runtime = SCRIPT.startsWith("__") ? new Promise((resolve) => { provide = resolve; }) : undefined;
  const load = async (again = "") => {
    const module = await import(new URL(SCRIPT + again, here).href);
    await module.default({ module_or_path: new URL(WASM, here).href });
    return module;
  };
  const ready = () => (runtime ??= load().catch(() => load("?again")).catch((error) => {
    runtime = undefined;
    throw error;
  }));
  const inTime = (work) => new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`the widget did not load within ${LIMIT_MS} ms`)), LIMIT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(limit));
  });

  /* The widget asks for another language's words only when the backend sent none with the offer. */
  const words = async (tag) => {
    const file = new URL(`${SCRIPT.startsWith("__") ? "locales/" : "aftercart-"}${tag}.json`, here);
    const answer = await fetch(file, { signal: AbortSignal.timeout(WORDS_LIMIT_MS) });
    return answer.ok ? answer.text() : undefined;
  };

  class AftercartOffer extends HTMLElement {
    static observedAttributes = NAMES;
    #widget;
    #turn = 0;

    connectedCallback() {
      if (!this.shadowRoot) {
        const root = this.attachShadow({ mode: "open" });
        root.adoptedStyleSheets = [reserve];
        root.append(document.createElement("slot"));
      }
      this.#start();
    }

    disconnectedCallback() {
      this.#stop();
    }

    attributeChangedCallback(name, before, now) {
      if (before === now || !this.#widget) return;
      if (name === "theme") this.dataset.theme = now || "auto";
      else if (!BUSY.includes(this.dataset.state)) this.#start();
    }

    accept() { this.#widget?.accept(); }
    decline() { this.#widget?.decline(); }
    refresh() { this.#widget?.refresh(); }

    /* Several changes in one turn start the widget once; a late answer of an older turn is dropped. */
    async #start() {
      this.#stop();
      const turn = this.#turn;
      try {
        const { Widget } = await inTime(ready());
        if (turn === this.#turn) this.#widget = new Widget(this);
      } catch (error) {
        if (turn !== this.#turn || this.dataset.state === "error") return;
        this.dataset.state = "error";
        const detail = { message: String(error?.message ?? error) };
        this.dispatchEvent(new CustomEvent("aftercart-error", { bubbles: true, composed: true, detail }));
      }
    }

    #stop() {
      this.#turn += 1;
      /* Not at once: a listener may remove the element from inside one of the widget's own calls. */
      const widget = this.#widget;
      if (widget) queueMicrotask(() => widget.free());
      this.#widget = undefined;
      delete this.dataset.state;
    }
  }

  for (const name of NAMES) {
    const property = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    Object.defineProperty(AftercartOffer.prototype, property, {
      get() { return this.getAttribute(name); },
      set(value) { value == null ? this.removeAttribute(name) : this.setAttribute(name, value); },
    });
  }

  window.aftercart = { version: "0.1.0", words, provide: (module) => { provide ? provide(module) : (runtime = Promise.resolve(module)); } };
  if (!customElements.get("aftercart-offer")) customElements.define("aftercart-offer", AftercartOffer);
})();
