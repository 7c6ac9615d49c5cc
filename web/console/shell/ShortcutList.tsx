import { useTexts } from "./preferences";

export function ShortcutList() {
  const t = useTexts();
  const keys: [string, string][] = [
    ["Alt 1–9", t.keys.conversations],
    ["Alt A", t.keys.accept],
    ["Alt P", t.keys.pass],
    ["Alt N", t.keys.note],
    ["Alt T", t.keys.transfer],
    ["Alt C", t.keys.close],
    ["Alt S", t.keys.acknowledge],
    ["Alt R", t.keys.ready],
    ["Alt K", t.keys.tickets],
    ["Alt I", t.keys.panel],
    ["/", t.keys.canned],
    ["Enter", t.keys.send],
    ["Shift Enter", t.keys.newline],
    ["Alt /", t.keys.help],
  ];
  return (
    <ul className="keys">
      {keys.map(([key, words]) => (
        <li key={key}>
          <span>{words}</span>
          <kbd className="kbd">{key}</kbd>
        </li>
      ))}
    </ul>
  );
}
