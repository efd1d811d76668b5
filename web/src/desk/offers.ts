import type { DeskServerFrame, Summary } from "../shared/protocol";

export interface Offer { conversation: string; reason: string; summary: Summary | string | null; expires: number; total: number; passed: Passed | null }
/** Who passed it on, and with which words. */
export interface Passed { by: string; name: string; note: string }

/** A frame as an offer; `now` in milliseconds. */
export function offerOf(frame: Extract<DeskServerFrame, { type: "offer" }>, now: number): Offer {
  const expires = new Date(frame.expires_at).getTime();
  return { conversation: frame.conversation, reason: frame.reason ?? "", summary: frame.summary ?? null, expires, total: Math.max(1, expires - now), passed: frame.transfer ?? null };
}

export function without(offers: Offer[], conversation: string): Offer[] {
  return offers.filter((offer) => offer.conversation !== conversation);
}
