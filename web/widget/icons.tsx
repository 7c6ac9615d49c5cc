import type { ComponentChildren } from "preact";

const icon = (children: ComponentChildren) => () => (
  <svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
    {children}
  </svg>
);

export const Headset = icon(<path d="M4 14v-2a8 8 0 0 1 16 0v2M4 14a2 2 0 0 1 2-2h1v6H6a2 2 0 0 1-2-2zm16 0a2 2 0 0 0-2-2h-1v6h1a2 2 0 0 0 2-2zm0 2c0 3-2.5 4.5-6 4.5" />);
/** A cell of a honeycomb with two eyes: the bot. */
export const Bee = icon(<path d="M12 3.2 19.6 7.6v8.8L12 20.8l-7.6-4.4V7.6zM9 10.8v1.4M15 10.8v1.4M9.2 15.4c1.7 1 3.9 1 5.6 0" />);
export const Person = icon(<path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.4 3.8-5 7.5-5s6.700 1.600 7.500 5" />);
export const Hourglass = icon(<path d="M7 3h10M7 21h10M8 3v3.500c0 2 4 3.700 4 5.500s-4 3.500-4 5.500V21M16 3v3.500c0 2-4 3.700-4 5.500s4 3.500 4 5.500V21" />);
export const Down = icon(<path d="m6 9 6 6 6-6" />);
export const Cross = icon(<path d="M6 6l12 12M18 6 6 18" />);
export const Dots = icon(<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="2.600" />);
export const Arrow = icon(<path d="M12 19V5m-6 6 6-6 6 6" />);
export const ThumbUp = icon(<path d="M7 10.500V20H4v-9.500zM7 11l4-7.500c1.500 0 2.300 1 2 2.500l-.700 3.500H18a2 2 0 0 1 2 2.400l-1.200 6A2 2 0 0 1 16.800 20H7" />);
export const ThumbDown = icon(<path d="M7 13.500V4H4v9.500zM7 13l4 7.500c1.500 0 2.300-1 2-2.500l-.700-3.500H18a2 2 0 0 0 2-2.400l-1.200-6A2 2 0 0 0 16.800 4H7" />);
export const Alert = icon(<path d="M12 4 2.800 19.500h18.400zM12 10v4.500M12 17.200h.01" />);
export const Ticket = icon(<path d="M4 7h16v3.200a2 2 0 0 0 0 3.600V17H4v-3.200a2 2 0 0 0 0-3.600zM14 7v10" />);
export const Save = icon(<path d="M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 20h14" />);
export const Tick = icon(<path d="m5 12.500 4.500 4.500L19 7.500" />);
export const Star = () => (
  <svg class="icon" viewBox="0 0 24 24" width="26" height="26" fill="currentColor" aria-hidden="true" focusable="false">
    <path d="m12 3.500 2.600 5.400 5.900.800-4.300 4.100 1 5.900L12 16.900l-5.200 2.800 1-5.900L3.500 9.700l5.900-.800z" />
  </svg>
);
