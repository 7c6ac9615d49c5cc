import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Choice } from "../protocol/to-customer";
import { useDesk } from "./context";
import { Arrow } from "./icons";

const LIMIT = 4_000;
const COUNT_FROM = 3_600;
const SUGGEST_AFTER = 250;

/** Enter sends, Shift+Enter breaks the line; while an input method composes, Enter belongs to it. */
export function Composer({ draft, setDraft }: { draft: string; setDraft(text: string): void }) {
  const { chat, words } = useDesk();
  const { t } = words;
  const area = useRef<HTMLTextAreaElement>(null);
  const [asked, setAsked] = useState("");
  const { view, suggestions } = chat.state;
  const length = [...draft].length;
  const sendable = draft.trim() !== "" && length <= LIMIT;

  useLayoutEffect(() => {
    const box = area.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 132)}px`;
  }, [draft]);

  const asks = view?.owner !== "agent" && draft.trim().length > 0 && length <= 40 && !draft.includes("\n");
  useEffect(() => {
    if (!asks) return setAsked("");
    const timer = setTimeout(() => setAsked(chat.suggest(draft.trim())), SUGGEST_AFTER);
    return () => clearTimeout(timer);
  }, [draft, asks, chat]);

  const send = () => {
    if (!sendable) return;
    chat.send(draft.trim());
    setDraft("");
    area.current?.focus();
  };
  const choose = (choice: Choice) => {
    chat.send(choice.label, { entry: choice.id ?? undefined });
    setDraft("");
    area.current?.focus();
  };
  const shown = asks && asked !== "" && suggestions?.id === asked ? suggestions.items : [];
  const placeholder = view?.owner === "agent" ? t("writeAgent", { name: view.agent?.name ?? t("person") }) : t("write");

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {shown.length > 0 && (
        <div class="suggestions" role="group" aria-label={t("suggestions")}>
          {shown.map((choice) => (
            <button key={choice.id} type="button" onClick={() => choose(choice)}>{choice.label}</button>
          ))}
        </div>
      )}
      <div class="composer-row">
        <textarea
          ref={area}
          rows={1}
          value={draft}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-describedby="hint"
          aria-invalid={length > LIMIT}
          onInput={(event) => {
            setDraft(event.currentTarget.value);
            chat.typing();
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="send" aria-label={t("send")} disabled={!sendable}>
          <Arrow />
        </button>
      </div>
      <p id="hint" class={length > LIMIT ? "hint over" : "hint"}>
        {length > LIMIT ? t("over", { n: length - LIMIT }) : length > COUNT_FROM ? t("left", { n: LIMIT - length }) : t("hint")}
      </p>
    </form>
  );
}
