// A small server for looking at the console without a backend: serves the build with its real security headers and
// speaks /ws/desk for one agent. `node tests-console/fake-server.mjs [port] [quiet]`; "quiet" begins with empty lists.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { canned, cards, colleagues, me, rows, tickets } from "./scene.mjs";

const BUILD = fileURLToPath(new URL("../../app/static/console/", import.meta.url));
const port = Number(process.argv[2] ?? 8799);
const quiet = process.argv[3] === "quiet";
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8" };
const now = () => Date.now() / 1000;
const start = now();
let signedIn = false;

const desk = { me: { ...me, load: quiet ? 0 : me.load, ready: !quiet }, cards: new Map(), tickets: new Map(), logs: new Map() };
if (!quiet) {
  for (const card of cards(start)) desk.cards.set(card.conversation, card);
  for (const ticket of tickets(start)) desk.tickets.set(ticket.id, ticket);
}
const log = (id) => desk.logs.get(id) ?? desk.logs.set(id, rows(id, start)).get(id);

const http = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://x");
  const nonce = randomUUID().replaceAll("-", "");
  response.setHeader("Content-Security-Policy", `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'`);
  response.setHeader("X-Content-Type-Options", "nosniff");
  const json = (status, value) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  const session = { csrf: "csrf-of-the-fake", me: desk.me };
  if (pathname === "/demo/agent-session") return (signedIn = true), json(200, { csrf: session.csrf });
  if (pathname === "/api/staff/me") return signedIn ? json(200, session) : json(401, { code: "session_missing", message: "" });
  if (pathname === "/api/staff/sign-out") return (signedIn = false), json(200, {});
  if (pathname === "/api/staff/sign-in") {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { password, totp } = JSON.parse(text);
    if (password !== "honey") return json(401, { code: "sign_in_refused", message: "" });
    if (totp !== "123456") return json(401, { code: totp ? "sign_in_refused" : "totp_required", message: "" });
    signedIn = true;
    return json(200, session);
  }
  const file = pathname.startsWith("/console") ? "index.html" : pathname.replace("/static/console/", "");
  try {
    const content = await readFile(join(BUILD, normalize(file)));
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(file === "index.html" ? content.toString().replaceAll("__NONCE__", nonce) : content);
  } catch (error) {
    response.writeHead(404).end(String(error.code));
  }
});

new WebSocketServer({ server: http, path: "/ws/desk" }).on("connection", (socket) => {
  const watched = new Set();
  let n = 0;
  const say = (frame) => socket.send(JSON.stringify(frame));
  const ack = (frame, conversation, seq) => say({ type: "ack", id: frame.id, conversation, seq, duplicate: false, masked: [] });
  const refuse = (frame, code) => say({ type: "error", code, message: code, id: frame.id, conversation: frame.conversation ?? null, retry_after: null });
  const change = (card) => (desk.cards.set(card.conversation, card), say({ type: "card", n: ++n, card }));
  const people = () => say({ type: "colleagues", n: ++n, me: desk.me, colleagues });
  const append = (conversation, kind, author, body, id = null) => {
    const lines = log(conversation);
    const row = { type: "event", conversation, seq: lines.length + 1, at: now(), segment: 1, kind, author, body, id };
    lines.push(row);
    if (watched.has(conversation)) say(row);
    return row.seq;
  };
  const snapshot = () => say({ type: "welcome", v: 1, n, me: desk.me, cards: [...desk.cards.values()], tickets: [...desk.tickets.values()], colleagues, skills: ["general", "account", "deposit", "withdrawal", "futures", "security"], canned, variables: { exchange_name: "示例交易所" }, now: now(), beat: 20 });
  const by = { kind: "agent", id: me.id, name: me.name };
  const take = (frame, kind) => {
    const card = desk.cards.get(frame.conversation);
    if (!card || card.state === "with_agent") return refuse(frame, "already_taken");
    if (desk.me.load >= desk.me.capacity) return refuse(frame, "no_capacity");
    const seq = append(frame.conversation, kind, by, { agent: me.id, name: me.name });
    desk.me = { ...desk.me, load: desk.me.load + 1 };
    change({ ...card, state: "with_agent", agent: by, offered_to: null, until: null, alarm: null });
    people();
    ack(frame, frame.conversation, seq);
  };
  const leave = (frame, kind, body) => {
    const seq = append(frame.conversation, kind, by, { agent: me.id, ...body });
    ack(frame, frame.conversation, seq);
    desk.cards.delete(frame.conversation);
    say({ type: "gone", n: ++n, conversation: frame.conversation });
    desk.me = { ...desk.me, load: desk.me.load - 1 };
    people();
  };
  const acts = {
    hello: snapshot,
    resync: snapshot,
    beat: () => say({ type: "beat", seq: 0 }),
    presence: (f) => ((desk.me = { ...desk.me, ready: f.ready }), ack(f, "", 0), people()),
    accept: (f) => take(f, "accepted"),
    pull: (f) => take(f, "pulled"),
    pass: (f) => {
      const card = desk.cards.get(f.conversation);
      ack(f, f.conversation, append(f.conversation, "passed", by, { agent: me.id }));
      change({ ...card, state: "queued", offered_to: null, until: null });
    },
    send: (f) => ack(f, f.conversation, append(f.conversation, "agent_wrote", by, { agent: me.id, text: f.text, masked: [] }, f.id)),
    note: (f) => ack(f, f.conversation, append(f.conversation, "noted", by, { agent: me.id, text: f.text, masked: [] }, f.id)),
    close: (f) => leave(f, "agent_closed", { outcome: f.outcome }),
    transfer: (f) => leave(f, "transferred", { route: { skill: f.skill ?? "general", wanted: f.agent ?? null } }),
    alarm: (f) => {
      ack(f, f.conversation, append(f.conversation, "alarm_acknowledged", by, { agent: me.id }));
      change({ ...desk.cards.get(f.conversation), alarm: null });
    },
    ticket: (f) => {
      const ticket = { ...desk.tickets.get(f.ticket), status: f.status, overdue: false };
      desk.tickets.set(f.ticket, ticket);
      const seq = append(ticket.conversation, "ticket_answered", by, { ticket: f.ticket, agent: me.id, text: f.text, status: f.status, name: me.name });
      say({ type: "ticket", n: ++n, ticket });
      ack(f, ticket.conversation, seq);
    },
    watch: (f) => {
      watched.add(f.conversation);
      ack(f, f.conversation, log(f.conversation).length);
      for (const row of log(f.conversation)) if (row.seq > f.after) say(row);
      if (f.conversation === "c-wang") say({ type: "typing", conversation: "c-wang", author: { kind: "customer", id: "u", name: "王**" } });
    },
    unwatch: (f) => watched.delete(f.conversation),
    typing: () => undefined,
  };
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data));
    acts[frame.type]?.(frame);
  });
});

http.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/console/?demo=1`));
