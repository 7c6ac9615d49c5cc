import { useTexts } from "../shell/preferences";
import type { Canned } from "../wire";

interface Props {
  found: Canned[];
  /** Which one Enter takes. */
  at: number;
  /** There are canned replies at all. */
  any: boolean;
  /** The text with its variables filled. */
  preview(text: string): string;
  onAt(at: number): void;
  onChoose(canned: Canned): void;
}

export function CannedPicker({ found, at, any, preview, onAt, onChoose }: Props) {
  const t = useTexts();
  if (found.length === 0)
    return (
      <div className="picker" role="status">
        <p className="none">{any ? t.compose.cannedEmpty : t.compose.cannedNone}</p>
      </div>
    );
  return (
    <ul className="picker scroll" role="listbox" aria-label={t.compose.canned}>
      {found.map((canned, i) => (
        <li
          key={canned.id}
          role="option"
          aria-selected={i === at}
          ref={(element) => {
            if (i === at) element?.scrollIntoView({ block: "nearest" });
          }}
          onMouseEnter={() => onAt(i)}
          // The field must keep the focus: a click is taken before the blur.
          onMouseDown={(event) => {
            event.preventDefault();
            onChoose(canned);
          }}
        >
          <b>{canned.title}</b>
          <p>{preview(canned.text)}</p>
        </li>
      ))}
    </ul>
  );
}
