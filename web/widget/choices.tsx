import type { Choice } from "../protocol/to-customer";
import { safeLink } from "../ui/markdown";
import { useDesk } from "./context";
import { Headset } from "./icons";

/** Buttons of an answer, of a question back, or of the greeting. */
export function Choices({ choices, label, quiet = false }: { choices: Choice[]; label?: string; quiet?: boolean }) {
  const { chat, words } = useDesk();
  const can = chat.state.view?.can ?? ["handoff"];
  const shown = choices.filter((choice) => choice.kind !== "handoff" || can.includes("handoff"));
  if (shown.length === 0) return null;
  return (
    <div class={quiet ? "choices quiet" : "choices"} role="group" aria-label={label}>
      {label && <span class="choices-label">{label}</span>}
      {shown.map((choice, index) => {
        const text = choice.label || words.t("handoff");
        const href = choice.kind === "link" ? safeLink(choice.url ?? "") : null;
        if (choice.kind === "link") {
          return href && <a key={index} class="choice" href={href} target="_blank" rel="noopener noreferrer nofollow">{text}</a>;
        }
        const choose = () => {
          if (choice.kind === "handoff") chat.handoff();
          else if (choice.kind === "say") chat.send(text);
          else chat.send(text, choice.kind === "entry" ? { entry: choice.id ?? undefined } : { category: choice.id ?? undefined });
        };
        return (
          <button key={index} type="button" class="choice" onClick={choose}>
            {choice.kind === "handoff" && <Headset />}
            {text}
          </button>
        );
      })}
    </div>
  );
}
