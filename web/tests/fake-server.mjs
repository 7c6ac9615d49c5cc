// The fake desk behind a real socket, with the built files and a page under the strict CSP that the widget promises
// to live with: `node tests/fake-server.mjs 4173`. POST /act {"do": "accept" | "say" | ...} plays the staff.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { FakeDesk } from "./fake-desk.mjs";

const root = fileURLToPath(new URL("../../app/static/", import.meta.url));
const desk = new FakeDesk();
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml" };

const page = (query) => {
  const attributes = [...query].map(([name, value]) => ` data-${name.replace(/[^a-z-]/g, "")}="${value.replace(/[^\w.-]/g, "")}"`);
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<title>Exchange</title><h1>Exchange</h1><p>The host page.</p><script src="/widget.js"${attributes.join("")} defer></script></html>`;
};

const acts = {
  accept: (person) => desk.accept(person),
  say: (person, { text }) => desk.say(person, text),
  close: (person) => desk.agentCloses(person),
  move: (person, { position }) => desk.store(person, [], desk.queued(position)),
  promise: (person) => desk.store(person, [["promise_broke", {}]], desk.queued(2, { ticket_offered: true })),
  ticket: (person, { text }) =>
    desk.store(person, [["ticket_answered", { ticket: "t-1", text, status: "answered", name: "林悦" }, desk.agent]], desk.ticketed("answered")),
  typing: (person) =>
    person.sessions.forEach((s) => s.put({ type: "typing", conversation: person.conversation, author: desk.agent })),
  cut: (person) => person.sessions.forEach((s) => s.cut?.()),
};

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  const reply = (status, type, body) => response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": CSP }).end(body);
  if (url.pathname === "/favicon.ico") return response.writeHead(204).end();
  if (url.pathname === "/page") return reply(200, TYPES[".html"], page(url.searchParams));
  if (request.method === "POST") {
    let body = "";
    for await (const chunk of request) body += chunk;
    const given = JSON.parse(body || "{}");
    if (url.pathname === "/act") {
      acts[given.do](desk.person(), given);
      return reply(200, "application/json", "{}");
    }
    if (url.pathname === "/demo/token") return reply(200, "application/json", JSON.stringify({ token: given.id }));
    return reply(404, "application/json", "{}");
  }
  const path = { "/widget.js": "widget.js", "/demo": "demo/index.html" }[url.pathname] ?? url.pathname.replace(/^\/static\//, "");
  const file = join(root, normalize(path));
  if (!file.startsWith(root) || !existsSync(file) || !statSync(file).isFile()) return reply(404, "text/plain", "not found");
  response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Security-Policy": CSP });
  return createReadStream(file).pipe(response);
});

const sockets = new WebSocketServer({ server, path: "/ws/chat" });
sockets.on("connection", (socket) => {
  const peer = desk.connect((frame) => socket.send(JSON.stringify(frame)));
  socket.on("message", (data) => peer.frame(JSON.parse(data.toString())));
  socket.on("close", () => peer.gone());
});
server.listen(Number(process.argv[2] ?? 4173), "127.0.0.1");
