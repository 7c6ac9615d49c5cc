import { useEffect, useRef, useState } from "react";
import { bells, mine, ringing, unread } from "../desk/select";
import { useDesk } from "../shell/board";
import { usePreferences } from "../shell/preferences";
import { Chime } from "./chime";

const REPEAT = { alarm: 4_000, ring: 3_000 };
const BLINK = 1_000;

/** Sound, title and desktop notification: they repeat for as long as something rings, and end with it. */
export function useAlerts(): void {
  const desk = useDesk();
  const { t, sound } = usePreferences();
  const [chime] = useState(() => new Chime());
  const bell = bells(desk)[0];
  const offer = ringing(desk)[0];
  const count = mine(desk).reduce((sum, card) => sum + unread(desk, card.conversation), 0);
  const kind = bell ? "alarm" : offer ? "ring" : null;
  const key = bell ? `alarm:${bell.conversation}:${bell.kind}` : offer ? `ring:${offer.card.conversation}` : "";
  const words = bell
    ? t.alert.alarm(t.alarm.kinds[bell.kind] ?? bell.kind)
    : offer
      ? t.alert.ring(offer.card.customer.name)
      : "";
  const body = offer && !bell ? t.alert.ringBody(t.reasons[offer.card.reason ?? ""] ?? "") : "";

  useEffect(() => {
    const wake = () => chime.wake();
    addEventListener("pointerdown", wake);
    addEventListener("keydown", wake);
    return () => {
      removeEventListener("pointerdown", wake);
      removeEventListener("keydown", wake);
    };
  }, [chime]);

  useEffect(() => {
    if (kind === null || !sound) return;
    const play = () => (kind === "alarm" ? chime.alarm() : chime.ring());
    play();
    const timer = setInterval(play, REPEAT[kind]);
    return () => clearInterval(timer);
  }, [kind, key, sound, chime]);

  const counted = useRef(0);
  useEffect(() => {
    if (count > counted.current && sound && kind === null) chime.tick();
    counted.current = count;
  }, [count, sound, kind, chime]);

  useEffect(() => {
    const calm = count > 0 ? `${t.alert.unread(count)} · ${t.product}` : `${t.product} · ${t.productSub}`;
    document.title = calm;
    if (words === "") return;
    let on = false;
    const blink = () => {
      on = !on;
      document.title = on ? words : calm;
    };
    blink();
    const timer = setInterval(blink, BLINK);
    return () => clearInterval(timer);
  }, [words, count, t]);

  useEffect(() => {
    if (key === "" || !document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    const shown = new Notification(words, { body, tag: key, requireInteraction: true });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    return () => shown.close();
  }, [key, words, body]);
}
