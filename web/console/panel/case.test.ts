import { describe as group, expect, it } from "vitest";
import { row } from "../desk/scene";
import { caseOf } from "./case";

const form = { name: "withdrawal", slots: [["coin", "USDT"], ["amount", "500"]], skipped: ["order_id"], asked: "time", tries: 0 };

group("the customer's case", () => {
  it("is what the newest form gathered", () => {
    const rows = [
      row("c", 1, "bot_form_asked", { body: { form: { ...form, slots: [] }, text: "?" } }),
      row("c", 2, "bot_form_asked", { body: { form, text: "?" } }),
    ];
    expect(caseOf(rows)).toEqual({ name: "withdrawal", slots: form.slots, skipped: ["order_id"], outcome: null, facts: [] });
  });

  it("has what the exchange's system said", () => {
    const done = row("c", 3, "bot_form_done", { body: { form, outcome: "answered", facts: [["status", "reviewing"]], text: "!" } });
    expect(caseOf([done])).toMatchObject({ outcome: "answered", facts: [["status", "reviewing"]] });
  });

  it("is none without a form, and none of an erased row", () => {
    expect(caseOf([row("c", 1, "bot_form_done", { body: {} }), row("c", 2, "agent_wrote", { body: { text: "x" } })])).toBeNull();
  });
});
