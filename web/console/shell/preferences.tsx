import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { shelf } from "../../client/storage";
import { en } from "../texts/en";
import { type Texts, zh } from "../texts/zh";

export type Language = "zh-CN" | "en";
export type Look = "light" | "dark";

export interface Preferences {
  language: Language;
  look: Look;
  sound: boolean;
}

interface Held extends Preferences {
  t: Texts;
  change(to: Partial<Preferences>): void;
}

const KEY = "honeydesk.console";
const Context = createContext<Held | null>(null);

function initial(): Preferences {
  const asked = new URLSearchParams(location.search).get("lang");
  const saved = shelf("localStorage")?.getItem(KEY);
  const base: Preferences = {
    language: navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en",
    look: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
    sound: true,
  };
  // An address that names a language wins: a page that frames the console decides for its reader.
  const named = asked === "zh-CN" || asked === "en" ? { language: asked as Language } : {};
  if (!saved) return { ...base, ...named };
  try {
    return { ...base, ...(JSON.parse(saved) as Partial<Preferences>), ...named };
  } catch (error) {
    console.warn("honeydesk: unreadable preferences dropped", error);
    return base;
  }
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [held, setHeld] = useState(initial);
  const change = useCallback((to: Partial<Preferences>) => {
    setHeld((before) => {
      const next = { ...before, ...to };
      shelf("localStorage")?.setItem(KEY, JSON.stringify(next));
      return next;
    });
  }, []);
  useEffect(() => {
    document.documentElement.lang = held.language;
    document.documentElement.dataset["theme"] = held.look;
  }, [held.language, held.look]);
  const value = useMemo<Held>(() => ({ ...held, t: held.language === "en" ? en : zh, change }), [held, change]);
  return <Context value={value}>{children}</Context>;
}

export function usePreferences(): Held {
  const held = useContext(Context);
  if (held === null) throw new Error("outside PreferencesProvider");
  return held;
}

export function useTexts(): Texts {
  return usePreferences().t;
}
