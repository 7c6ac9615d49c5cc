import { useDesk } from "../shell/board";
import { useTexts } from "../shell/preferences";
import { caseOf } from "./case";

/** What the bot has already asked and looked up, so that nobody asks again. */
export function CaseCard({ id }: { id: string }) {
  const t = useTexts();
  const desk = useDesk();
  const found = caseOf(desk.transcripts[id]?.rows ?? []);
  if (found === null) return null;
  const { outcome } = found;
  return (
    <section className="case">
      <h2>
        {t.case.title} · {t.case.forms[found.name] ?? found.name}
      </h2>
      <dl className="facts">
        {found.slots.map(([slot, value]) => (
          <Fact key={slot} term={t.case.slots[slot] ?? slot} value={slot === "time" ? value.replace("T", " ") : value} />
        ))}
        {found.skipped.length > 0 && <Fact term={t.case.skipped} value={found.skipped.map((slot) => t.case.slots[slot] ?? slot).join("、")} />}
      </dl>
      <p className={outcome === "failed" ? "warn" : "quiet"}>{t.case.outcomes[outcome ?? "open"]}</p>
      {found.facts.length > 0 && (
        <dl className="facts looked">
          {found.facts.map(([name, value]) => (
            <Fact key={name} term={t.case.slots[name] ?? name} value={name === "status" ? (t.case.statuses[value] ?? value) : value} />
          ))}
        </dl>
      )}
    </section>
  );
}

function Fact({ term, value }: { term: string; value: string }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </>
  );
}
