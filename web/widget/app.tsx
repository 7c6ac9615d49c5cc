import { useLayoutEffect, useRef } from "preact/hooks";
import { DeskContext, type Desk } from "./context";
import type { Shown } from "./element";
import { Headset } from "./icons";
import { Panel } from "./panel";

/** The launcher or the open panel; focus goes back to the launcher when the panel closes. */
export function App({ desk, open, entry, page, toggle, unread }: Shown & { desk: Desk }) {
  const launcher = useRef<HTMLButtonElement>(null);
  const was = useRef(open);
  const { t } = desk.words;

  useLayoutEffect(() => {
    if (was.current && !open) launcher.current?.focus({ preventScroll: true });
    was.current = open;
  }, [open]);

  const label = unread > 0 ? `${t("open")} (${t("newOnes", { n: unread })})` : t("open");
  return (
    <DeskContext.Provider value={desk}>
      <div class={`${entry} ${page ? "page" : ""}`}>
        {open || page ? (
          <Panel onClose={page ? null : () => toggle(false)} />
        ) : (
          <button ref={launcher} type="button" class="launcher" aria-label={label} title={t("open")} aria-haspopup="dialog" onClick={() => toggle(true)}>
            <Headset />
            {unread > 0 && <span class="badge" aria-hidden="true">{unread > 99 ? "99+" : unread}</span>}
          </button>
        )}
      </div>
    </DeskContext.Provider>
  );
}
