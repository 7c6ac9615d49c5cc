/** The frames of /ws/desk under the names the console uses: two of the wire's names are the browser's own. */
import type { CardChanged, CardGone, Colleagues, TicketChanged } from "../protocol/to-staff";

export type { Rows } from "../protocol/rows";
export type { FromStaff } from "../protocol/from-staff";
export type {
  Ack,
  Alarm,
  Author,
  Canned,
  Card,
  Colleague,
  Customer,
  Error as Refusal,
  Event as DeskEvent,
  Me,
  Offer,
  OfferOver,
  TicketCard,
  ToStaff,
  Welcome,
} from "../protocol/to-staff";

/** The frames that change the lists by one step. */
export type Delta = CardChanged | CardGone | Colleagues | TicketChanged;
