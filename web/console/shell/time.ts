import type { Language } from "./preferences";

/** `0:07`, `12:40`, then `1h 05m`, `3d 4h`: narrow enough for a list. Negative spans count as their size. */
export function span(seconds: number, language: Language): string {
  const s = Math.max(0, Math.floor(Math.abs(seconds)));
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes}:${String(s % 60).padStart(2, "0")}`;
  const hours = Math.floor(minutes / 60);
  const zh = language === "zh-CN";
  if (hours < 24) return zh ? `${hours} 小时 ${minutes % 60} 分` : `${hours}h ${String(minutes % 60).padStart(2, "0")}m`;
  const days = Math.floor(hours / 24);
  return zh ? `${days} 天 ${hours % 24} 小时` : `${days}d ${hours % 24}h`;
}

/** `14:05`; `at` in seconds since the epoch. */
export function clockTime(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at * 1000);
}

/** Date and time where the day is not obvious. */
export function dayTime(at: number, now: number, language: Language): string {
  if (dayOf(at) === dayOf(now)) return clockTime(at, language);
  return new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at * 1000);
}

export function dayName(at: number, now: number, language: Language, names: { today: string; yesterday: string }): string {
  if (dayOf(at) === dayOf(now)) return names.today;
  if (dayOf(at) === dayOf(now - 86_400)) return names.yesterday;
  return new Intl.DateTimeFormat(language, { year: "numeric", month: "long", day: "numeric", weekday: "short" }).format(at * 1000);
}

/** The local calendar day, comparable. */
export function dayOf(at: number): string {
  const date = new Date(at * 1000);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** `zh-CN` -> `中文（中国）` or `Chinese (China)`; the tag itself when it is none. */
export function languageName(tag: string, language: Language): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(tag) ?? tag;
  } catch (error) {
    if (error instanceof RangeError) return tag;
    throw error;
  }
}
