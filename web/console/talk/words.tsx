import { createElement, type ReactElement, useMemo } from "react";
import { type Renderer, renderer } from "../../ui/render";
import { useTexts } from "../shell/preferences";

/** The shared renderer in this page's framework and language. It builds elements one by one: no text becomes markup. */
export function useWords(): Renderer<ReactElement> {
  const t = useTexts();
  return useMemo(
    () =>
      renderer<ReactElement>(
        (type, props, ...children) => createElement(type, props, ...children),
        (secret) => t.talk.masked(t.secrets[secret] ?? t.secret),
      ),
    [t],
  );
}
