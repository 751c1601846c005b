// The same in JSX, where the example in React has named the element's attributes.

import type {} from "../../examples/react/src/thank-you";

export const offer = <aftercart-offer endpoint="/api/upsell" theme="dark" checkout-url="https://shop.example/" />;
// @ts-expect-error there is no such theme
export const themed = <aftercart-offer theme="blue" />;
// @ts-expect-error an attribute is written as in HTML
export const camel = <aftercart-offer checkoutUrl="https://shop.example/" />;

export const heard = <aftercart-offer onaftercart-succeeded={({ detail }) => console.log(detail.paymentId)} />;
export const hears = (
  // @ts-expect-error a payment that is only on its way has no id
  <aftercart-offer onaftercart-succeeded={({ detail }) => console.log(detail.paymentId.length)} />
);
// @ts-expect-error who listens is a function
export const deaf = <aftercart-offer onaftercart-hidden="hide()" />;
