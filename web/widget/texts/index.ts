import { EN } from "./en";
import { ZH_CN, type Key, type Texts } from "./zh-cn";
import { ZH_TW } from "./zh-tw";

export type { Key } from "./zh-cn";
export type Locale = "zh-CN" | "zh-TW" | "en";

export const TEXTS: Record<Locale, Texts> = { "zh-CN": ZH_CN, "zh-TW": ZH_TW, en: EN };

/** The nearest language that the widget speaks. */
export function nearest(tag: string): Locale {
  const lower = tag.toLowerCase();
  if (!lower.startsWith("zh")) return "en";
  return /hant|-tw|-hk|-mo/.test(lower) ? "zh-TW" : "zh-CN";
}

export interface Words {
  locale: Locale;
  t(key: Key, values?: Record<string, string | number>): string;
  /** Seconds in words, rounded as one says it. */
  duration(seconds: number): string;
  time(at: number): string;
  /** Time, with the date when it is another day. */
  moment(at: number): string;
  day(at: number): string;
  /** Why something was not delivered. */
  refusal(code: string): string;
  /** Kinds of secrets, e.g. `["otp"]`. */
  secrets(kinds: string[]): string;
}

export function wordsOf(locale: Locale, now: () => number = Date.now): Words {
  const texts = TEXTS[locale];
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const date = format({ month: "short", day: "numeric" });
  const t = (key: Key, values: Record<string, string | number> = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  const days = (at: number) => Math.round((midnight(now()) - midnight(at * 1000)) / 86_400_000);
  return {
    locale,
    t,
    duration: (seconds) => {
      if (seconds < 60) return t("seconds", { n: Math.max(10, Math.ceil(seconds / 10) * 10) });
      if (seconds < 3600) return t("minutes", { n: Math.round(seconds / 60) });
      return t("hours", { n: Math.round(seconds / 360) / 10 });
    },
    time: (at) => clock.format(at * 1000),
    moment: (at) => (days(at) === 0 ? clock.format(at * 1000) : `${date.format(at * 1000)} ${clock.format(at * 1000)}`),
    day: (at) => (days(at) === 0 ? t("today") : days(at) === 1 ? t("yesterday") : date.format(at * 1000)),
    refusal: (code) => t(`x_${code}` in texts ? (`x_${code}` as Key) : "x_default", { code }),
    secrets: (kinds) =>
      kinds.map((kind) => t(`m_${kind}` in texts ? (`m_${kind}` as Key) : "m_other")).join(locale === "en" ? ", " : "、"),
  };
}

function midnight(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}
