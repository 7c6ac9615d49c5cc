import { Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useDesk, usePlace } from "../shell/board";
import { useTexts } from "../shell/preferences";
import { Sheet } from "../shell/Sheet";

type Target = "skill" | "agent";

/** The list must open inside the dialog: it lies in the top layer, above everything in the page's body. */
const inDialog = (element: HTMLElement) => element.closest("dialog") ?? document.body;

export function TransferDialog({ id }: { id: string }) {
  const t = useTexts();
  const desk = useDesk();
  const { station, show } = usePlace();
  const [target, setTarget] = useState<Target>("skill");
  const [skill, setSkill] = useState<string | null>(null);
  const [agent, setAgent] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const chosen = target === "skill" ? skill : agent;
  const people = [...desk.colleagues].sort((a, b) => Number(b.connected && b.ready) - Number(a.connected && a.ready) || a.name.localeCompare(b.name));
  const done = () => show({ dialog: null });
  const transfer = () => {
    station.wish({ type: "transfer", conversation: id, note: note.trim(), ...(target === "skill" ? { skill } : { agent }) });
    done();
  };
  return (
    <Sheet title={t.act.transferTitle} onClose={done}>
      <div className="choice">
        <p className="quiet">{t.act.transferLead}</p>
        <Segmented<Target>
          block
          value={target}
          onChange={setTarget}
          options={[
            { value: "skill", label: t.act.toSkill },
            { value: "agent", label: t.act.toAgent },
          ]}
        />
        {target === "skill" ? (
          <Select
            getPopupContainer={inDialog}
            placeholder={t.act.chooseSkill}
            aria-label={t.act.chooseSkill}
            value={skill}
            onChange={setSkill}
            showSearch
            options={desk.skills.map((name) => ({ value: name, label: t.skills[name] ?? name }))}
          />
        ) : (
          <Select
            getPopupContainer={inDialog}
            placeholder={t.act.chooseAgent}
            aria-label={t.act.chooseAgent}
            value={agent}
            onChange={setAgent}
            showSearch={{ optionFilterProp: "label" }}
            options={people.map((person) => ({
              value: person.id,
              label: `${person.name} · ${person.connected ? (person.ready ? t.header.ready : t.header.notReady) : t.header.offline} · ${t.act.free(person.load, person.capacity)}`,
            }))}
          />
        )}
        <div>
          <label htmlFor="transfer-note">{t.act.note}</label>
          <Input.TextArea id="transfer-note" rows={4} maxLength={4000} value={note} placeholder={t.act.notePlaceholder} onChange={(e) => setNote(e.target.value)} />
        </div>
        <div className="acts">
          <Button onClick={done}>{t.act.cancel}</Button>
          <Button type="primary" disabled={chosen === null} onClick={transfer}>
            {t.act.confirmTransfer}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
