import { CheckCircleFilled } from "@ant-design/icons";
import { Button, Input } from "antd";
import { type FormEvent, useState } from "react";
import { Brand } from "../shell/Brand";
import { usePreferences, useTexts } from "../shell/preferences";
import type { Texts } from "../texts/zh";
import { type Session, SignInError, signIn } from "./session";

interface Props {
  /** Why one stands before the door: a code, or null at the first visit. */
  why: string | null;
  onSession(session: Session): void;
}

export function SignIn({ why, onSession }: Props) {
  const t = useTexts();
  const { language, change } = usePreferences();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(why === null ? null : wordsFor(t, why, null));

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setRefusal(null);
    try {
      onSession(await signIn(email.trim(), password, asksCode ? totp : undefined));
    } catch (error) {
      const { code, retryAfter } = error instanceof SignInError ? error : new SignInError("unreachable");
      setBusy(false);
      if (code === "totp_required") setAsksCode(true);
      else setRefusal(wordsFor(t, code, retryAfter));
    }
  }

  return (
    <main className="door">
      <div className="pitch">
        <Brand />
        <div>
          <h1>{t.sign.lead}</h1>
          <ul>
            {t.sign.points.map((point) => (
              <li key={point}>
                <CheckCircleFilled aria-hidden /> {point}
              </li>
            ))}
          </ul>
        </div>
        <p>Honeydesk</p>
      </div>
      <div className="form">
        <Button className="corner" type="text" onClick={() => change({ language: language === "en" ? "zh-CN" : "en" })}>
          {t.header.language}
        </Button>
        <form onSubmit={submit} aria-busy={busy}>
          <h2>{t.sign.title}</h2>
          <p className="lead">{asksCode ? t.sign.totpHint : `${t.product} · ${t.productSub}`}</p>
          {asksCode ? (
            <div className="field">
              <label htmlFor="totp">{t.sign.totp}</label>
              <Input
                id="totp"
                className="totp"
                size="large"
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={6}
                autoFocus
                required
                value={totp}
                onChange={(e) => setTotp(e.target.value.replace(/\D/g, ""))}
              />
            </div>
          ) : (
            <>
              <div className="field">
                <label htmlFor="email">{t.sign.email}</label>
                <Input id="email" size="large" type="email" autoComplete="username" autoFocus required value={email} onChange={(e) => setEmail(e.target.value)} />
              </div>
              <div className="field">
                <label htmlFor="password">{t.sign.password}</label>
                <Input.Password id="password" size="large" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} />
              </div>
            </>
          )}
          {refusal !== null && (
            <p className="refusal" role="alert">
              {refusal}
            </p>
          )}
          <div className="submit">
            <Button type="primary" htmlType="submit" size="large" block loading={busy} disabled={asksCode && totp.length < 6}>
              {asksCode ? t.sign.next : t.sign.submit}
            </Button>
            {asksCode && (
              <Button type="text" block onClick={() => setAsksCode(false)}>
                {t.sign.back}
              </Button>
            )}
          </div>
        </form>
      </div>
    </main>
  );
}

function wordsFor(t: Texts, code: string, retryAfter: number | null): string {
  if (code === "rate_limited") return t.sign.limited(Math.max(1, Math.ceil(retryAfter ?? 30)));
  if (code === "totp_setup_required") return t.sign.setup;
  if (code === "demo_off") return t.sign.demoOff;
  if (code === "unreachable" || code === "store_unavailable") return t.sign.unreachable;
  return t.ending[code] ?? t.sign.refused;
}
