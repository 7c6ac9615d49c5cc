import type { Me } from "../wire";

/** A signed-in member of staff; the cookie itself is not readable from here. */
export interface Session {
  csrf: string;
  me: Me;
}

/** What the server answered instead of a session. `code` "unreachable" when it did not answer. */
export class SignInError extends Error {
  constructor(
    readonly code: string,
    readonly retryAfter: number | null = null,
  ) {
    super(code);
  }
}

export function current(): Promise<Session> {
  return ask("/api/staff/me", { method: "GET" });
}

export function signIn(email: string, password: string, totp?: string): Promise<Session> {
  return ask("/api/staff/sign-in", post(totp ? { email, password, totp } : { email, password }));
}

export async function demo(): Promise<Session> {
  await ask("/demo/agent-session", { method: "POST" });
  return current();
}

export async function signOut(csrf: string): Promise<void> {
  await ask("/api/staff/sign-out", { method: "POST", headers: { "X-CSRF-Token": csrf } });
}

function post(body: object): RequestInit {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, credentials: "same-origin", cache: "no-store" });
  } catch (error) {
    console.warn("honeydesk: no answer", path, error);
    throw new SignInError("unreachable");
  }
  const json = answer.headers.get("Content-Type")?.includes("json") ? ((await answer.json()) as unknown) : {};
  if (answer.ok) return json as T;
  const { code, retry_after } = json as { code?: string; retry_after?: number | null };
  throw new SignInError(code ?? (answer.status >= 500 ? "unreachable" : "sign_in_refused"), retry_after ?? null);
}
