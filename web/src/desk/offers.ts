import type { DeskServerFrame, Summary } from "../shared/protocol";

export interface Offer { conversation: string; reason: string; summary: Summary | string | null; expires: number; total: number }

/** A frame as an offer; `now` in milliseconds. */
export function offerOf(frame: Extract<DeskServerFrame, { type: "offer" }>, now: number): Offer {
  const expires = new Date(frame.expires_at).getTime();
  return { conversation: frame.conversation, reason: frame.reason ?? "", summary: frame.summary ?? null, expires, total: Math.max(1, expires - now) };
}

export function without(offers: Offer[], conversation: string): Offer[] {
  return offers.filter((offer) => offer.conversation !== conversation);
}
