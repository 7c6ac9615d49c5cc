import { SendOutlined, SnippetsOutlined } from "@ant-design/icons";
import { Button, Segmented } from "antd";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type Mode, useDesk, usePlace } from "../shell/board";
import { useTexts } from "../shell/preferences";
import type { Canned, Card } from "../wire";
import { CannedPicker } from "./CannedPicker";
import { fill, matching, slashQuery, unfilled } from "./canned";
import { Writing } from "./Writing";

const LIMIT = 4000;
const COUNT_FROM = 3600;

export function Composer({ card }: { card: Card }) {
  const t = useTexts();
  const desk = useDesk();
  const { station, board, show } = usePlace();
  const id = card.conversation;
  const key = `${board.mode}:${id}`;
  const [drafts, setDrafts] = useState<Record<string, string>>(() => ({
    [`reply:${id}`]: station.drafts.get(`reply:${id}`) ?? "",
    [`note:${id}`]: station.drafts.get(`note:${id}`) ?? "",
  }));
  const [at, setAt] = useState(0);
  const [browsing, setBrowsing] = useState(false);
  const field = useRef<{ focus(): void }>(null);
  const draft = drafts[key] ?? "";
  const note = board.mode === "note";
  const query = note ? null : browsing ? "" : slashQuery(draft);
  const found = query === null ? [] : matching(desk.canned, query, card.customer.locale);
  const over = draft.length - LIMIT;
  const empty = unfilled(draft);

  useEffect(() => field.current?.focus(), [board.mode, id]);

  function write(text: string) {
    station.drafts.set(key, text);
    setDrafts((before) => ({ ...before, [key]: text }));
    setBrowsing(false);
    setAt(0);
    if (!note && text !== "" && !text.startsWith("/")) station.typing(id);
  }

  function filled(text: string): string {
    return fill(text, { ...desk.variables, customer: card.customer.name, agent: desk.me?.name ?? "" });
  }

  function choose(canned: Canned) {
    write(filled(canned.text));
    field.current?.focus();
  }

  function submit() {
    const text = draft.trim();
    if (text === "" || over > 0 || (!note && empty.length > 0)) return;
    station.wish({ type: note ? "note" : "send", conversation: id, text });
    write("");
    if (note) show({ mode: "reply" });
  }

  function pressed(event: KeyboardEvent) {
    // During IME composition Enter chooses a candidate; old WebKit tells it only by the key code 229.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (query !== null && found.length > 0) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) {
        event.preventDefault();
        setAt((at + step + found.length) % found.length);
        return;
      }
      const chosen = found[at];
      if ((event.key === "Enter" || event.key === "Tab") && chosen !== undefined) {
        event.preventDefault();
        choose(chosen);
        return;
      }
    }
    if (query !== null && event.key === "Escape") {
      event.preventDefault();
      write("");
      return;
    }
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      submit();
    }
  }

  const said = hint();
  return (
    <div className={note ? "compose note-mode" : "compose"}>
      {query !== null && <CannedPicker found={found} at={at} any={desk.canned.length > 0} preview={filled} onAt={setAt} onChoose={choose} />}
      <div className="bar">
        <Segmented<Mode>
          size="small"
          value={board.mode}
          onChange={(mode) => show({ mode })}
          options={[
            { value: "reply", label: t.compose.reply },
            { value: "note", label: t.compose.note },
          ]}
        />
        {!note && (
          <Button
            size="small"
            type="text"
            icon={<SnippetsOutlined />}
            aria-expanded={query !== null}
            onClick={() => {
              setBrowsing(!browsing);
              field.current?.focus();
            }}
          >
            {t.compose.canned}
          </Button>
        )}
        <span className={said.over ? "hint over" : "hint"} aria-live="polite">
          {said.words}
        </span>
      </div>
      <div className="field">
        <Writing
          ref={field}
          value={draft}
          label={note ? t.compose.notePlaceholder : t.compose.placeholder(card.customer.name)}
          placeholder={note ? t.compose.notePlaceholder : t.compose.placeholder(card.customer.name)}
          onChange={write}
          onKeyDown={pressed}
        />
        <Button type="primary" icon={<SendOutlined />} disabled={draft.trim() === "" || over > 0 || query !== null || (!note && empty.length > 0)} onClick={submit}>
          {note ? t.compose.saveNote : t.compose.send}
        </Button>
      </div>
    </div>
  );

  function hint(): { words: string; over: boolean } {
    if (over > 0) return { words: t.compose.tooLong(over), over: true };
    if (!note && empty.length > 0) return { words: t.compose.unfilled(empty.join(", ")), over: true };
    if (draft.length > COUNT_FROM) return { words: t.compose.left(-over), over: false };
    if (desk.phase !== "open") return { words: t.compose.offline, over: false };
    return { words: t.compose.hint, over: false };
  }
}
