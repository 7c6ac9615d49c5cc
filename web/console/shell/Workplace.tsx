import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { shelf } from "../../client/storage";
import { useAlerts } from "../alerts/useAlerts";
import { Lists } from "../lists/Lists";
import { Panel } from "../panel/Panel";
import type { Session } from "../sign/session";
import { Middle } from "../talk/Middle";
import { AlarmBar } from "./AlarmBar";
import { type Board, PlaceContext, useDesk, usePlace } from "./board";
import { Header } from "./Header";
import { useTexts } from "./preferences";
import { Sheet } from "./Sheet";
import { Station } from "./station";
import { useNotices } from "./useNotices";
import { useShortcuts } from "./useShortcuts";

const WIDE = "(min-width: 1000px)";

interface Props {
  session: Session;
  onSignOut(): void;
  onEnded(why: string): void;
}

export function Workplace({ session, onSignOut, onEnded }: Props) {
  const [station] = useState(
    () =>
      new Station({
        csrf: session.csrf,
        agent: session.me.id,
        base: location.origin,
        marks: shelf("localStorage"),
        unsent: shelf("sessionStorage"),
        pulse,
      }),
  );
  const [board, setBoard] = useState<Board>(() => ({
    tab: "chats",
    mode: "reply",
    dialog: null,
    panel: matchMedia(WIDE).matches,
    help: false,
  }));
  const show = useCallback((to: Partial<Board>) => setBoard((before) => ({ ...before, ...to })), []);

  useEffect(() => {
    station.start();
    const look = () => station.input({ type: "visible", visible: document.visibilityState === "visible" });
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      station.stop();
    };
  }, [station]);

  const signOut = useCallback(() => {
    station.forget();
    onSignOut();
  }, [station, onSignOut]);
  const place = useMemo(() => ({ station, board, show, signOut }), [station, board, show, signOut]);
  return (
    <PlaceContext value={place}>
      <Rooms onEnded={onEnded} />
    </PlaceContext>
  );
}

function Rooms({ onEnded }: { onEnded(why: string): void }) {
  const t = useTexts();
  const desk = useDesk();
  const { board, show } = usePlace();
  const wide = useWide();
  useAlerts();
  useNotices();
  useShortcuts();
  useEffect(() => {
    if (desk.phase === "ended") onEnded(desk.ending ?? "session_missing");
  }, [desk.phase, desk.ending, onEnded]);
  const aside = board.panel && wide && desk.selected !== null;
  return (
    <div className="workplace">
      <Header />
      <AlarmBar />
      <div className={aside ? "columns" : "columns folded"}>
        <nav className="column left" aria-label={t.lists.label}>
          <Lists />
        </nav>
        <main className="column">
          <Middle />
        </main>
        {aside && (
          <aside className="column right" aria-label={t.panel.title}>
            <Panel />
          </aside>
        )}
      </div>
      {!wide && board.panel && (
        <Sheet side title={t.panel.title} onClose={() => show({ panel: false })}>
          <Panel />
        </Sheet>
      )}
    </div>
  );
}

/** An agent whose page lies in the background stays present: offers reach him by sound and notification. */
function pulse(beat: () => void): () => void {
  const worker = new Worker(new URL("./pulse.worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = beat;
  return () => worker.terminate();
}

function useWide(): boolean {
  return useSyncExternalStore(
    (tell) => {
      const query = matchMedia(WIDE);
      query.addEventListener("change", tell);
      return () => query.removeEventListener("change", tell);
    },
    () => matchMedia(WIDE).matches,
  );
}
