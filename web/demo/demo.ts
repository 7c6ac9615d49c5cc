import type { HoneydeskApi } from "../widget/main";
import { DAY, PAGE, type Language } from "./day";

const language: Language = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh";
const page = PAGE[language];
const exchange = document.querySelector<HTMLIFrameElement>("#exchange")!;
const hint = document.querySelector<HTMLElement>("#hint")!;
const day = document.querySelector<HTMLElement>("#day")!;
const buttons: HTMLButtonElement[] = [];

/** The widget inside the mock exchange: the buttons speak through its own socket. */
function widget(): HoneydeskApi | undefined {
  return exchange.contentWindow?.Honeydesk;
}

function enable(): void {
  for (const button of buttons) button.disabled = false;
}

document.documentElement.lang = language === "en" ? "en" : "zh-CN";
hint.textContent = page.start;
DAY.forEach((step, index) => {
  const button = document.createElement("button");
  button.type = "button";
  button.disabled = true;
  const number = document.createElement("b");
  number.textContent = String(index + 1);
  button.append(number, ` ${step.name[language]}`);
  button.addEventListener("click", () => {
    const api = widget();
    if (!api) return;
    hint.textContent = step.see[language];
    api.open();
    if (step.cut !== undefined) api.drop(step.cut);
    api.say(step.say[language]);
  });
  buttons.push(button);
  day.append(button);
});

const fresh = document.querySelector<HTMLButtonElement>("#fresh")!;
fresh.textContent = page.fresh;
fresh.addEventListener("click", () => {
  sessionStorage.clear();
  location.reload();
});
const other = document.querySelector<HTMLButtonElement>("#language")!;
other.textContent = page.other;
other.addEventListener("click", () => location.assign(language === "en" ? "?lang=zh" : "?lang=en"));

exchange.addEventListener("load", () => {
  if (widget()) enable();
  else exchange.contentWindow?.addEventListener("honeydesk:ready", enable);
});
exchange.src = `/static/demo/exchange.html${language === "en" ? "?lang=en" : ""}`;
