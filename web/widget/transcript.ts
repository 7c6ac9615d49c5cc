import type { ChatState } from "../client/chat-state";
import { words as plainWords } from "../ui/render";
import type { Words } from "./texts";
import { timeline } from "./timeline";

/** The conversation as text, for the customer's own files. */
export function transcript(state: ChatState, words: Words): string {
  const lines: string[] = [`${words.t("title")} · ${state.logs.map((log) => log.conversation).join(", ")}`, ""];
  for (const item of timeline(state, [], words)) {
    if (item.kind === "day") lines.push(`— ${item.text} —`);
    if (item.kind === "notice") {
      lines.push(`[${stamp(item.row.at)}] ${words.t("system")}: ${item.text}`, ...(item.markdown ? [plainWords(item.markdown)] : []));
    }
    if (item.kind === "message") {
      const label = item.label ? `(${item.label}) ` : "";
      lines.push(`[${stamp(item.row.at)}] ${speaker(item.row.author, words)}: ${label}${plainWords(item.text)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

export function speaker(author: { kind: string; name: string | null }, words: Words): string {
  switch (author.kind) {
    case "customer":
      return words.t("you");
    case "bot":
      return words.t("bot");
    case "agent":
      return author.name || words.t("person");
    default:
      return words.t("system");
  }
}

/** Local time with its date, the same in every language. */
function stamp(at: number): string {
  const date = new Date(at * 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Hands the text to the browser as a file. */
export function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
