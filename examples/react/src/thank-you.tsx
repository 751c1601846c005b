import { useEffect, useRef, type HTMLAttributes, type RefAttributes } from "react";
import type { AftercartAttributes, AftercartEvents, AftercartOfferElement } from "./aftercart";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "aftercart-offer": AftercartAttributes & HTMLAttributes<HTMLElement> & RefAttributes<AftercartOfferElement>;
    }
  }
}

export function ThankYou({ payment, onSold }: { payment: string; onSold(payment: string | null): void }) {
  const offer = useRef<AftercartOfferElement>(null);
  useEffect(() => {
    const element = offer.current;
    const heard = ({ detail }: AftercartEvents["aftercart-succeeded"]) => onSold(detail.paymentId);
    element?.addEventListener("aftercart-succeeded", heard);
    return () => element?.removeEventListener("aftercart-succeeded", heard);
  }, [onSold]);
  return (
    <aftercart-offer ref={offer} endpoint="https://shop.example/api/upsell" subject={payment} on-unknown="wait">
      <a href="/courses">See our courses</a>
    </aftercart-offer>
  );
}
