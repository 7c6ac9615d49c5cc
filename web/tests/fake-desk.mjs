// A small desk that speaks the customer's wire protocol, for tests and for looking at the widget without a server.
// It stores rows, answers by a script and resumes; it decides nothing cleverly.
import { ANSWERS, CHECKLIST, GREETING } from "./fake-texts.mjs";

const BOT = { kind: "bot", id: null, name: null };
const SYSTEM = { kind: "system", id: null, name: null };
const CUSTOMER = { kind: "customer", id: null, name: null };

export class FakeDesk {
  /** `later(ms, run)` schedules the script's replies; `now()` is in seconds. */
  constructor({ later = (ms, run) => setTimeout(run, ms), now = () => Date.now() / 1000, beat = 20 } = {}) {
    Object.assign(this, { later, now, beat, people: new Map(), count: 0 });
    /** Frames from customers in order of arrival. */
    this.log = [];
    this.agent = { kind: "agent", id: null, name: "林悦" };
  }

  /** One connection; `put(frame)` sends to it. Returns what it must call. */
  connect(put) {
    const session = { put, person: null, sent: new Set(), locale: "zh-CN" };
    return {
      frame: (frame) => this.#handle(session, frame),
      gone: () => session.person?.sessions.delete(session),
    };
  }

  /** The person behind a visitor token, or the only one. */
  person(id) {
    return id ? this.people.get(id) : [...this.people.values()].at(-1);
  }

  /** Store rows as the server does and push them. Each is `[kind, body, author?, clientId?]`. */
  store(person, rows, patch = {}) {
    if (person.conversation === "") {
      person.conversation = `c-${++this.count}`;
      rows = [["opened", { topic: "support", locale: person.locale, previous: null }, SYSTEM], ...rows];
    }
    Object.assign(person.view, patch);
    const stored = rows.map(([kind, body, author = SYSTEM, id = null]) => {
      const row = {
        type: "event", conversation: person.conversation, seq: ++person.seq, at: this.now(),
        segment: person.view.segment, kind, author, body, id,
      };
      person.rows.push(row);
      return row;
    });
    for (const session of person.sessions) {
      for (const row of stored) {
        const own = row.id !== null && session.sent.has(row.id) && !(row.body.masked?.length > 0);
        if (!own) session.put(row);
      }
      session.put(this.#state(person));
    }
    return stored;
  }

  #state(person) {
    return { type: "state", ...person.view, conversation: person.conversation, seq: person.seq };
  }

  #handle(session, frame) {
    this.log.push(frame);
    if (frame.type === "hello") return this.#hello(session, frame);
    const person = session.person;
    if (frame.type === "beat") return session.put({ type: "beat", seq: person?.seq ?? 0 });
    if (frame.type === "suggest") {
      const items = ANSWERS.filter((a) => a.question.includes(frame.prefix.trim()))
        .map((a) => ({ kind: "entry", label: a.question, id: a.id, url: null }));
      return session.put({ type: "suggestions", id: frame.id, items });
    }
    if (frame.type === "typing" || frame.type === "token") return undefined;
    const known = person.acks.get(frame.id);
    if (known) return session.put({ ...known, duplicate: true });
    session.sent.add(frame.id);
    const rows = this.#rows(person, frame);
    const masked = rows[0]?.[1].masked ?? [];
    const [stored] = rows.length ? this.store(person, rows, this.#patch(person, frame)).filter((r) => r.id === frame.id) : [];
    const ack = {
      type: "ack", id: frame.id, conversation: person.conversation, seq: stored?.seq ?? person.seq,
      duplicate: false, masked,
    };
    person.acks.set(frame.id, ack);
    session.put(ack);
    this.#reply(person, frame, masked);
    return undefined;
  }

  #hello(session, frame) {
    const id = frame.token ?? frame.visitor ?? `v-${this.people.size + 1}`;
    const locale = frame.locale ?? "zh-CN";
    if (!this.people.has(id)) {
      const view = {
        segment: 1, owner: "bot", agent: null, thinking: false, queue: null, can: ["send", "handoff"],
        survey: [], tickets: [],
      };
      this.people.set(id, { id, locale, conversation: "", seq: 0, rows: [], acks: new Map(), sessions: new Set(), view, misses: 0 });
    }
    const person = this.people.get(id);
    person.locale = locale;
    session.person = person;
    person.sessions.add(session);
    session.put({
      type: "welcome", v: 1, me: { kind: "customer", id, name: null }, verified: Boolean(frame.token), locale,
      visitor: frame.token ? null : id, state: this.#state(person), greeting: GREETING[locale.startsWith("en") ? "en" : "zh"],
      now: this.now(), beat: this.beat, earlier: [],
    });
    const after = frame.conversation === person.conversation ? (frame.after ?? 0) : 0;
    for (const row of person.rows) if (row.seq > after) session.put(row);
    session.put(this.#state(person));
  }

  #rows(person, frame) {
    switch (frame.type) {
      case "send": {
        const seed = /(abandon\s+){3,}\w+(\s+\w+)*/i.exec(frame.text);
        const masked = seed ? ["seed_phrase"] : [];
        const text = seed ? frame.text.replace(seed[0], "⟦masked:seed_phrase⟧") : frame.text;
        const wrote = ["customer_wrote", { text, entry: frame.entry ?? null, category: frame.category ?? null, masked }, CUSTOMER, frame.id];
        return seed ? [wrote, ["secret_masked", { about: person.seq + 1, kinds: masked }]] : [wrote];
      }
      case "handoff":
        return [["handoff_asked", { by: "button", route: this.#queue() }, CUSTOMER, frame.id]];
      case "ticket":
        return [["ticket_taken", { ticket: "t-1", promised: this.now() + 7200, text: frame.text ?? "" }, CUSTOMER, frame.id]];
      case "vote":
        return [["voted", { about: frame.about, helpful: frame.helpful }, CUSTOMER, frame.id]];
      case "rate": {
        const { type: _type, id, ...rating } = frame;
        return [["rated", rating, CUSTOMER, id]];
      }
      default:
        return [["customer_closed", {}, CUSTOMER, frame.id]];
    }
  }

  #queue(emergency = false) {
    return { promise: this.now() + 900, nobody: false, emergency };
  }

  #patch(person, frame) {
    if (frame.type === "send" && person.view.owner === "bot") {
      return { thinking: true, can: ["send", "handoff", "ticket", "vote", "close", "download"] };
    }
    if (frame.type === "handoff") return this.queued(3);
    if (frame.type === "ticket") return this.ticketed();
    if (frame.type === "close") return { owner: "closed", can: ["send", "handoff", "rate", "download"], survey: [1] };
    return {};
  }

  queued(position, more = {}) {
    return {
      owner: "queue", agent: null, can: ["send", "ticket", "vote", "close", "download"],
      queue: {
        position, p50: 60 * position, p90: 150 * position, since: this.now() - 40, promise: this.now() + 900,
        ticket_offered: false, emergency: false, why: null, ...more,
      },
    };
  }

  ticketed(status = "open") {
    const ticket = {
      id: "t-1", short: "HD-7Q4K", status, reason: "asked", opened: this.now() - 60, promised: this.now() + 7200,
      url: "https://desk.example/t/t-1",
    };
    return { owner: "closed", queue: null, can: ["send", "handoff", "rate", "download"], tickets: [ticket] };
  }

  #reply(person, frame, masked) {
    if (frame.type !== "send" || person.view.owner === "agent") return;
    const text = frame.text;
    this.later(900, () => {
      if (person.view.owner === "agent" || person.view.owner === "closed") return;
      const turn = person.seq;
      const done = { thinking: false };
      if (masked.length) return void this.store(person, [], done);
      if (/被盗|stolen|hacked/.test(text)) {
        const en = person.locale.startsWith("en");
        return void this.store(
          person,
          [["emergency_raised", { kind: "account_taken", route: this.#queue(true), checklist: CHECKLIST[en ? "en" : "zh"] }]],
          { ...done, ...this.queued(1, { emergency: true, p50: 20, p90: 60 }) },
        );
      }
      if (/转人工|human|person/.test(text)) {
        return void this.store(person, [["handoff_asked", { by: "words", route: this.#queue() }]], { ...done, ...this.queued(3) });
      }
      const found = ANSWERS.filter((a) => a.id === frame.entry || a.category === frame.category || a.match.test(text));
      if (found.length > 1 && !frame.entry) {
        const choices = found.map((a) => ({ kind: "entry", label: a.question, id: a.id }));
        const ask = person.locale.startsWith("en") ? "Which of these do you mean?" : "您想问的是下面哪一个？";
        return void this.store(person, [["bot_clarified", { text: ask, choices }, BOT]], done);
      }
      if (found.length) {
        const { answer, buttons, related, id } = found[0];
        const body = { text: answer, kind: "entry", entry: id, buttons, related, locale: person.locale };
        return void this.store(person, [["bot_answered", body, BOT]], done);
      }
      person.misses += 1;
      if (person.misses === 1) {
        const again = person.locale.startsWith("en")
          ? "I did not quite get that. Could you say it in other words, e.g. the coin and what you were doing?"
          : "我没太明白。能换个说法吗？例如币种、在做什么、看到什么提示。";
        return void this.store(person, [["bot_asked_again", { text: again }, BOT]], done);
      }
      return void this.store(person, [["bot_gave_up", { reason: "unsure", route: this.#queue(), turn }, BOT]], { ...done, ...this.queued(4) });
    });
  }

  /** An agent takes the conversation. */
  accept(person) {
    this.store(person, [["accepted", { name: this.agent.name }, this.agent]], {
      owner: "agent", agent: this.agent, queue: null, thinking: false, can: ["send", "vote", "close", "download"],
      segment: person.view.segment + 1,
    });
  }

  say(person, text) {
    this.store(person, [["agent_wrote", { text }, this.agent]]);
  }

  agentCloses(person) {
    const segment = person.view.segment;
    this.store(person, [["agent_closed", { outcome: "solved" }, this.agent]], {
      owner: "closed", can: ["send", "handoff", "rate", "download"], survey: [segment], segment: segment + 1,
    });
  }
}
