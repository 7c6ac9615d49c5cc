import { AlertFilled } from "@ant-design/icons";
import { bells } from "../desk/select";
import { useDesk, usePlace } from "./board";
import { useNow } from "./clock";
import { usePreferences } from "./preferences";
import { span } from "./time";

const SHOWN = 3;

/** Emergencies: on top of everything, with sound, until somebody acknowledges or takes them. */
export function AlarmBar() {
  const desk = useDesk();
  const { station, show } = usePlace();
  const { t, language } = usePreferences();
  const now = useNow(desk.skew);
  const all = bells(desk);
  if (all.length === 0) return <div />;
  return (
    <div className="alarms" role="alert">
      {all.slice(0, SHOWN).map((bell, i) => (
        <div className="alarm" key={bell.conversation}>
          <AlertFilled className="bell" aria-hidden />
          <strong>
            {t.alarm.title} · {t.alarm.kinds[bell.kind] ?? bell.kind}
          </strong>
          <span className="who">
            {desk.cards[bell.conversation]?.customer.name ?? ""} · {t.alarm.since(span(now - bell.since, language))}
            {i === SHOWN - 1 && all.length > SHOWN && ` · ${t.alarm.more(all.length - SHOWN)}`}
          </span>
          <span className="grow" />
          <button
            type="button"
            onClick={() => {
              show({ tab: "chats" });
              station.input({ type: "select", selected: { kind: "conversation", id: bell.conversation } });
            }}
          >
            {t.alarm.open}
          </button>
          <button type="button" className="solid" onClick={() => station.wish({ type: "alarm", conversation: bell.conversation })}>
            {t.alarm.acknowledge}
          </button>
        </div>
      ))}
    </div>
  );
}
