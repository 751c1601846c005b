/** Types for pages in TypeScript: `<aftercart-offer>`, its events, and the one global name. */

export interface AftercartEvents {
  "aftercart-ready": CustomEvent<Record<string, never>>;
  "aftercart-shown": CustomEvent<{ offerId: string }>;
  /** `preventDefault()` stops the charge. */
  "aftercart-accept": CustomEvent<Record<string, never>>;
  "aftercart-succeeded": CustomEvent<{ offerId: string | null; paymentId: string | null; sessionId: string | null }>;
  "aftercart-failed": CustomEvent<{ code: string; checkoutUrl: string | null }>;
  "aftercart-declined": CustomEvent<{ offerId: string }>;
  /** `preventDefault()` stops the move. */
  "aftercart-redirect": CustomEvent<{ url: string }>;
  "aftercart-hidden": CustomEvent<{ reason: string | null }>;
  "aftercart-error": CustomEvent<{ message: string }>;
}

/** Every event as React 19 and Preact listen to it, `onaftercart-succeeded` for one. */
export type AftercartListeners = {
  [Name in keyof AftercartEvents as `on${Name}`]?: (event: AftercartEvents[Name]) => void;
};

/** Every attribute as HTML has it, and every event, for JSX. */
export interface AftercartAttributes extends AftercartListeners {
  endpoint?: string;
  subject?: string;
  token?: string;
  locale?: string;
  "checkout-url"?: string;
  theme?: "auto" | "light" | "dark";
  placement?: "card" | "banner" | "dialog";
  density?: "comfortable" | "compact";
  "success-url"?: string;
  "on-unknown"?: "wait" | "checkout";
}

/** A property for every attribute; `null` takes it away. */
export interface AftercartOfferElement extends HTMLElement {
  endpoint: string | null;
  subject: string | null;
  token: string | null;
  locale: string | null;
  checkoutUrl: string | null;
  theme: "auto" | "light" | "dark" | null;
  placement: "card" | "banner" | "dialog" | null;
  density: "comfortable" | "compact" | null;
  successUrl: string | null;
  onUnknown: "wait" | "checkout" | null;
  /** As a click on the button does, as soon as it is seen. */
  accept(): void;
  decline(): void;
  /** Asks for a fresh offer; does nothing once an accept was sent. */
  refresh(): void;
  addEventListener<Name extends keyof AftercartEvents>(
    name: Name,
    listener: (this: AftercartOfferElement, event: AftercartEvents[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof AftercartEvents>(
    name: Name,
    listener: (this: AftercartOfferElement, event: AftercartEvents[Name]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "aftercart-offer": AftercartOfferElement;
  }
  interface DocumentEventMap extends AftercartEvents {}
  interface Window {
    /** In front of the loader: what the page has begun already, an answer and the widget's module once it runs. After
     *  it: where the loader's files are. */
    aftercart?: { offer?: Promise<Response>; widget?: Promise<unknown>; files?: string };
  }
}
