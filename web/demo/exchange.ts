import type {} from "../widget/main";

const english = new URLSearchParams(location.search).get("lang") === "en";
const KEY = "demo.customer";
document.documentElement.lang = english ? "en" : "zh-CN";

const menu = document.querySelector("#menu")!;
for (const name of english ? ["Markets", "Trade", "Assets"] : ["行情", "交易", "资产"]) {
  const item = document.createElement("span");
  item.textContent = name;
  menu.append(item);
}
document.querySelector("#note")!.textContent = english ? "A mock page. The figures are invented." : "演示页面，数字均为虚构。";

/** One customer per browser tab. */
function customer(): string {
  const known = sessionStorage.getItem(KEY);
  if (known) return known;
  const made = `demo-${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  sessionStorage.setItem(KEY, made);
  return made;
}

/** What an exchange's own back end does: a signed token for the customer who is logged in. */
async function getToken(): Promise<string> {
  const answer = await fetch("/demo/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ id: customer() }),
  });
  if (!answer.ok) throw new Error(`/demo/token: ${answer.status}`);
  return ((await answer.json()) as { token: string }).token;
}

function begin(): void {
  window.Honeydesk?.identify(getToken);
  window.Honeydesk?.open();
}

if (window.Honeydesk) begin();
else window.addEventListener("honeydesk:ready", begin, { once: true });
