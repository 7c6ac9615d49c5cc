import { BellOutlined, GlobalOutlined, MoonOutlined, QuestionCircleOutlined, SoundOutlined, SunOutlined, MutedOutlined } from "@ant-design/icons";
import { Button, Dropdown, Popover, Tooltip } from "antd";
import { isBusy, load } from "../desk/select";
import { initialOf } from "../lists/initial";
import type { Colleague } from "../wire";
import { useDesk, usePlace } from "./board";
import { Brand } from "./Brand";
import { usePreferences, useTexts } from "./preferences";
import { ShortcutList } from "./ShortcutList";

export function Header() {
  const { t, language, look, sound, change } = usePreferences();
  const desk = useDesk();
  const { board, show, signOut } = usePlace();
  const mayAsk = "Notification" in window && Notification.permission === "default";
  return (
    <header className="top">
      <Brand />
      <div className="rule" />
      <ReadySwitch />
      <Load />
      <div className="grow" />
      <Tooltip title={t.phaseHint[desk.phase]}>
        <span className={`link-state ${desk.phase}`} role="status">
          <i className={`dot ${desk.phase}`} />
          <span>{t.phase[desk.phase]}</span>
        </span>
      </Tooltip>
      <Colleagues people={desk.colleagues} />
      <div className="rule" />
      <Popover open={board.help} onOpenChange={(help) => show({ help })} trigger="click" title={t.keys.title} content={<ShortcutList />} placement="bottomRight">
        <Button type="text" icon={<QuestionCircleOutlined />} aria-label={t.header.help} />
      </Popover>
      <Tooltip title={sound ? t.header.soundOn : t.header.soundOff}>
        <Button
          type="text"
          icon={sound ? <SoundOutlined /> : <MutedOutlined />}
          aria-label={t.header.sound}
          aria-pressed={sound}
          onClick={() => change({ sound: !sound })}
        />
      </Tooltip>
      <Tooltip title={t.header.theme}>
        <Button
          type="text"
          icon={look === "dark" ? <SunOutlined /> : <MoonOutlined />}
          aria-label={t.header.theme}
          onClick={() => change({ look: look === "dark" ? "light" : "dark" })}
        />
      </Tooltip>
      <Tooltip title={t.header.language}>
        <Button type="text" icon={<GlobalOutlined />} aria-label={t.header.language} onClick={() => change({ language: language === "en" ? "zh-CN" : "en" })} />
      </Tooltip>
      <Dropdown
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          items: [
            { key: "who", type: "group", label: desk.me?.name ?? "" },
            ...(mayAsk ? [{ key: "notify", icon: <BellOutlined />, label: t.header.notify }] : []),
            { key: "out", label: t.header.signOut },
          ],
          onClick: ({ key }) => {
            if (key === "out") signOut();
            if (key === "notify") Notification.requestPermission().catch((error: unknown) => console.warn("honeydesk: not asked", error));
          },
        }}
      >
        <button type="button" className="faces">
          <span className="sr">{t.header.menu}</span>
          <span className="avatar small agent" aria-hidden>{initialOf(desk.me?.name ?? "")}</span>
        </button>
      </Dropdown>
    </header>
  );
}

/** Ready is apart from connected: the switch says whether new conversations come, the dot whether the line holds. */
function ReadySwitch() {
  const t = useTexts();
  const desk = useDesk();
  const { station } = usePlace();
  const ready = desk.me?.ready ?? false;
  return (
    <Tooltip title={ready ? t.header.readyHint : t.header.notReadyHint}>
      <button
        type="button"
        role="switch"
        className="ready"
        aria-checked={ready}
        disabled={desk.phase !== "open" || isBusy(desk, "presence")}
        onClick={() => station.wish({ type: "presence", ready: !ready })}
      >
        <i aria-hidden />
        {ready ? t.header.ready : t.header.notReady}
      </button>
    </Tooltip>
  );
}

function Load() {
  const t = useTexts();
  const desk = useDesk();
  const { me } = desk;
  if (me === null) return null;
  const used = load(desk);
  const words = t.header.load(used, me.capacity);
  return (
    <Tooltip title={words}>
      <span className="load" role="img" aria-label={words}>
        {me.capacity <= 8 && (
          <b>
            {Array.from({ length: Math.max(me.capacity, used) }, (_, i) => (
              <i key={i} className={i < used ? "on" : ""} />
            ))}
          </b>
        )}
        {used}/{me.capacity}
      </span>
    </Tooltip>
  );
}

const FACES = 3;

function Colleagues({ people }: { people: Colleague[] }) {
  const t = useTexts();
  const sorted = [...people].sort((a, b) => Number(b.connected) - Number(a.connected) || Number(b.ready) - Number(a.ready) || a.name.localeCompare(b.name));
  const here = sorted.filter((person) => person.connected);
  const list =
    sorted.length === 0 ? (
      <p className="quiet">{t.header.noColleagues}</p>
    ) : (
      <ul className="people">
        {sorted.map((person) => (
          <li key={person.id}>
            <i className={`dot ${person.ready && person.connected ? "open" : ""}`} />
            <div>
              {person.name}
              <small>{person.connected ? (person.ready ? t.header.ready : t.header.notReady) : t.header.offline}</small>
            </div>
            <span className="quiet">{t.act.free(person.load, person.capacity)}</span>
          </li>
        ))}
      </ul>
    );
  return (
    <Popover trigger="click" placement="bottomRight" title={t.header.colleagues} content={list}>
      <button type="button" className="faces">
        <span className="sr">
          {t.header.colleagues} ({here.length})
        </span>
        {here.slice(0, FACES).map((person) => (
          <span key={person.id} className="avatar small" aria-hidden>
            {initialOf(person.name)}
          </span>
        ))}
        {here.length === 0 && (
          <span className="pill" aria-hidden>
            {t.header.colleagues} 0
          </span>
        )}
        {here.length > FACES && (
          <span className="pill" aria-hidden>
            +{here.length - FACES}
          </span>
        )}
      </button>
    </Popover>
  );
}
