/* Aftercart: <aftercart-offer>. One tag per page, however often it is pasted; no dependency.
 *
 *  <script src="https://shop.example/aftercart/aftercart.js"></script>
 *  <aftercart-offer endpoint="https://shop.example/api/upsell">what shows when nothing can</aftercart-offer>
 *
 *  Shows the offer as the backend paints it, a form that works by itself, and fetches the WebAssembly when
 *  the page is at rest or the shopper comes near. What a backend answers as JSON, the WebAssembly draws. Files are
 *  asked for twice, money never: a click is sent by the widget, in one request, or by the form. */
(() => {
  if (!globalThis.window || window.aftercart?.files) return;

  const NAMES = "endpoint subject token locale checkout-url theme placement density success-url on-unknown".split(" ");
  /* action-required, charging, processing, unknown, waiting */
  const BUSY = /^[acpuw]/;
  const here = document.currentScript?.src || document.baseURI;

  /* What a page may have begun in front of this script: promises of an answer, and of the widget's module once it runs. */
  let { offer, widget: begun } = window.aftercart ?? {};

  /* Space is kept from the first paint on. The same defaults stand in style/tokens.css; --_ is a banner's. */
  const RESERVE =
    ":host{display:block;min-block-size:var(--aftercart-reserved-block-size,var(--_,31rem))}" +
    "@media(width<40rem){:host{min-block-size:var(--aftercart-reserved-block-size-small,var(--aftercart-reserved-block-size,var(--_,54rem)))}}" +
    ":host([placement=banner]){--_:12rem}" +
    ":host([hidden]),:host([data-state=hidden]),slot{display:none}" +
    ":host([placement=dialog]),:host([data-state=error]){min-block-size:0}:host([data-state=error]) slot{display:contents}";

  /* Styles are adopted, so that a policy needs no exception for them. */
  const dress = (root, css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  };

  /* In milliseconds: the offer has this long, and twice, for its body counts by itself; the widget has its own limit. */
  const inTime = (work, limit = 4000) => Promise.race([work, new Promise((_, refuse) => {
    setTimeout(refuse, limit, Error("slow"));
  })]);

  /* The widget, for all elements. */
  let file, widget;
  const load = async (again = "") => {
    file = new AbortController();
    const wasm = fetch(new URL("__AFTERCART_WASM__" + again, here), file);
    wasm.catch(() => {});
    const module = await import(new URL("__AFTERCART_WIDGET__" + again, here));
    await module.default({ module_or_path: wasm });
    return module;
  };
  const ready = () => {
    widget ??= (begun ?? load()).catch((error) => file?.signal.aborted ? Promise.reject(error) : load("?again"));
    widget.catch(() => { widget = null; });
    return inTime(widget, 10000);
  };

  /* Of markup only the declared shadow root is used. A page that requires Trusted Types allows this policy by name. */
  const rules = { createHTML: (html) => html };
  let policy;

  class AftercartOffer extends HTMLElement {
    static observedAttributes = NAMES;
    #widget;
    /* One start and what came of it; nothing while the element is not on a page. */
    #turn;
    /* The button that was pressed on the painted form. */
    #pressed;

    connectedCallback() {
      /* Moved, not removed: what runs goes on. */
      if (this.#turn) return;
      /* What a server printed is all there once the page is read. */
      if (this.dataset.state && document.readyState === "loading") {
        addEventListener("DOMContentLoaded", () => this.isConnected && this.#start());
      } else {
        this.#start();
      }
    }

    disconnectedCallback() {
      queueMicrotask(() => this.isConnected || this.#stop());
    }

    attributeChangedCallback(name, before, now) {
      if (before === now || !this.#turn) return;
      if (name === "theme") this.dataset.theme = now || "auto";
      else if (!BUSY.test(this.dataset.state)) {
        this.#stop();
        this.#start();
      }
    }

    /* Before the widget is there, a button of the painted form does it. */
    static {
      for (const name of "accept decline refresh".split(" ")) {
        this.prototype[name] = function () {
          this.#widget ? this.#widget[name]() : this.shadowRoot?.querySelector(`[data-act=${name}]`)?.click();
        };
      }
    }

    /* Several changes in one turn start the widget once; a late answer of an older turn is dropped. */
    async #start() {
      const turn = this.#turn = {};
      const isOver = () => turn !== this.#turn;
      if (!this.shadowRoot) {
        this.attachShadow({ mode: "open" }).append(document.createElement("slot"));
        dress(this.shadowRoot, RESERVE);
      }
      try {
        await null;
        const answer = isOver() ? null : this.#printed() ?? await this.#ask(isOver);
        if (isOver() || answer === null) return;
        if (this.#form) await this.#hear();
        if (isOver()) return;
        const { Widget } = await ready();
        if (isOver()) return;
        this.#widget = new Widget(this, answer);
        if (this.#pressed) this[this.#pressed.dataset.act]();
      } catch (error) {
        if (isOver() || this.dataset.state === "error") return;
        if (this.#form) {
          this.#form.onsubmit = null;
          this.#pressed?.click();
        } else {
          this.dataset.state = "error";
        }
        this.#tell("error", { message: error.message });
      }
    }

    #stop() {
      this.#turn = null;
      /* Not at once: a listener may remove the element from inside one of the widget's own calls. */
      const widget = this.#widget;
      queueMicrotask(() => widget?.free());
      this.#widget = this.#pressed = null;
      delete this.dataset.state;
    }

    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent("aftercart-" + name, { detail, bubbles: true, composed: true }));
    }

    get #form() {
      return this.shadowRoot.querySelector("form[action]");
    }

    /* The answer that stands beside what a server printed. */
    #printed() {
      const data = this.querySelector(":scope>script[type*=json]");
      data?.remove();
      return data?.text;
    }

    /* The answer as JSON, with its paint on the page; `null` when nothing is offered. A page that hints the address
     * of the offer has a backend that answers JSON, and wants the widget at once. */
    async #ask(isOver) {
      this.dataset.state = "loading";
      try {
        const subject = this.subject || new URLSearchParams(location.search).get("payment_id");
        const locale = this.locale || this.closest("[lang]")?.lang || navigator.language;
        const offered = `/${subject}?locale=${locale}`;
        const isDrawn = this.placement === "dialog" || document.querySelector(`link[as=fetch][href$="${offered}"]`);
        const headers = {};
        if (isDrawn) ready().catch(() => {});
        else headers.accept = "text/html,application/json";
        if (this.token) headers.authorization = "Bearer " + this.token;
        const asked = offer ?? (subject && /^[\w-]+$/.test(subject) && fetch((this.endpoint || "/api/upsell").replace(/\/+$/, "") + offered, { headers }));
        offer = null;
        const answer = await inTime(asked);
        const text = await inTime(answer.text());
        if (isOver() || !answer.ok) return;
        if (text[0] === "<") return this.#paint(text);
        const { eligible, outcome, reason = null } = JSON.parse(text || '{"eligible":false}');
        if (eligible !== false || outcome) {
          /* The first one takes a phone long: better now, with the widget on its way, where it will be needed. */
          if (!/display":{"/.test(text)) setTimeout(Intl.NumberFormat, 0, locale);
          return text;
        }
        this.dataset.state = "hidden";
        if (!document.querySelector("aftercart-offer:not([data-state=hidden])")) file?.abort();
        this.#tell("hidden", { reason });
        return null;
      } catch { /* The widget asks once more, and says what is wrong. */ }
    }

    #paint(html) {
      policy ??= window.trustedTypes?.createPolicy("aftercart", rules) ?? rules;
      const painted = new DOMParser().parseFromString(policy.createHTML(html), "text/html").querySelector("aftercart-offer");
      for (const name in painted.dataset) this.dataset[name] = this[name] ?? painted.dataset[name];
      const { content } = painted.querySelector("template");
      const style = content.querySelector("style");
      dress(this.shadowRoot, style.textContent);
      style.remove();
      /* What was pressed on an older paint had another price. */
      this.#pressed = null;
      this.shadowRoot.replaceChildren(content);
      return painted.querySelector("script").text;
    }

    /* Until the page is calm: keeps what is pressed for the widget, and shows it. */
    #hear() {
      this.#form.onsubmit = (event) => {
        event.preventDefault();
        const { submitter, target: { quantity } } = event;
        if (!/accept|decline/.test(submitter?.dataset.act)) {
          if (submitter?.value) quantity[submitter.value > +quantity.defaultValue ? "stepUp" : "stepDown"]();
        } else if (!this.#pressed) {
          this.#pressed = submitter;
          for (const button of this.#form.querySelectorAll(".answers button")) button.ariaDisabled = "true";
          /* What was pressed is what was chosen then. */
          for (const choices of this.#form.querySelectorAll("fieldset")) choices.inert = true;
          const [words, busy] = submitter.children;
          if (busy) {
            words.className = "gone";
            busy.className = "busy";
            busy.textContent = submitter.value;
          }
        }
      };
      /* The page at rest, some frames after the offer is seen, or a shopper near it. */
      return new Promise((resolve) => {
        for (const name of ["pointerover", "focusin", "submit"]) this.shadowRoot.addEventListener(name, resolve);
        const rest = () => setTimeout(window.requestIdleCallback ?? setTimeout, 99, resolve);
        document.readyState === "complete" ? rest() : addEventListener("load", rest);
      });
    }
  }

  for (const name of NAMES) {
    Object.defineProperty(AftercartOffer.prototype, name.replace(/-./g, ([, letter]) => letter.toUpperCase()), {
      get() { return this.getAttribute(name); },
      set(value) { value == null ? this.removeAttribute(name) : this.setAttribute(name, value); },
    });
  }

  /* One name for all that is ours; the widget finds its other files by it. */
  window.aftercart = { files: here };
  customElements.define("aftercart-offer", AftercartOffer);
})();
