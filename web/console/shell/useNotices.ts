import { App } from "antd";
import { useEffect } from "react";
import { useDesk, usePlace } from "./board";
import { useTexts } from "./preferences";

/** Refusals and lost races as calm messages in the agent's language; each is told once. */
export function useNotices(): void {
  const { message } = App.useApp();
  const { station } = usePlace();
  const desk = useDesk();
  const t = useTexts();
  useEffect(() => {
    for (const notice of desk.notices) {
      const words = t.errors[notice.code] ?? t.errorOther(notice.code);
      const again = notice.retryAfter === null ? "" : ` ${t.retryIn(Math.ceil(notice.retryAfter))}`;
      message.open({ key: notice.code, type: notice.tone === "calm" ? "info" : "warning", content: words + again, duration: 5 });
      station.input({ type: "dismiss", key: notice.key });
    }
  }, [desk.notices, message, station, t]);
}
