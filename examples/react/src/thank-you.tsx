import type { HTMLAttributes, RefAttributes } from "react";
import type { AftercartAttributes, AftercartOfferElement } from "./aftercart";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "aftercart-offer": AftercartAttributes & HTMLAttributes<HTMLElement> & RefAttributes<AftercartOfferElement>;
    }
  }
}

export function ThankYou({ payment, onSold }: { payment: string; onSold(payment: string | null): void }) {
  return (
    <aftercart-offer
      endpoint="https://shop.example/api/upsell"
      subject={payment}
      onaftercart-succeeded={({ detail }) => onSold(detail.paymentId)}
    >
      <a href="/courses">See our courses</a>
    </aftercart-offer>
  );
}
