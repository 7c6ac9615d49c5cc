import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useCallback, useEffect, useMemo, useState } from "react";
import { SignIn } from "../sign/SignIn";
import { current, demo, type Session, SignInError, signOut } from "../sign/session";
import { themeOf } from "../theme/tokens";
import { usePreferences } from "./preferences";
import { Workplace } from "./Workplace";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

type Stage = { at: "asking" } | { at: "door"; why: string | null } | { at: "desk"; session: Session };

export function App() {
  const { language, look, t } = usePreferences();
  const [stage, setStage] = useState<Stage>({ at: "asking" });
  const demonstration = new URLSearchParams(location.search).get("demo") === "1";

  useEffect(() => {
    let gone = false;
    (demonstration ? demo() : current())
      .then((session) => !gone && setStage({ at: "desk", session }))
      .catch((error: unknown) => {
        const code = error instanceof SignInError ? error.code : "unreachable";
        if (!gone) setStage({ at: "door", why: code === "session_missing" ? null : code });
      });
    return () => {
      gone = true;
    };
  }, [demonstration]);

  const leave = useCallback((session: Session) => {
    signOut(session.csrf).catch((error: unknown) => console.warn("honeydesk: sign-out not confirmed", error));
    setStage({ at: "door", why: null });
  }, []);

  const csp = useMemo(() => ({ nonce }), []);
  const themed = useMemo(() => themeOf(look), [look]);
  return (
    <ConfigProvider csp={csp} theme={themed} locale={language === "en" ? enUS : zhCN} button={{ autoInsertSpace: false }}>
      <AntApp component={false} message={{ top: 64, maxCount: 3 }}>
        {stage.at === "asking" && <div className="waiting-page">{demonstration ? t.sign.demo : t.loadingPage}</div>}
        {stage.at === "door" && <SignIn why={stage.why} onSession={(session) => setStage({ at: "desk", session })} />}
        {stage.at === "desk" && (
          <Workplace
            key={stage.session.csrf}
            session={stage.session}
            onSignOut={() => leave(stage.session)}
            onEnded={(why) => setStage({ at: "door", why })}
          />
        )}
      </AntApp>
    </ConfigProvider>
  );
}
