import { CheckCircleOutlined, MinusCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { usePlace } from "../shell/board";
import { useTexts } from "../shell/preferences";
import { Sheet } from "../shell/Sheet";

export function CloseDialog({ id }: { id: string }) {
  const t = useTexts();
  const { station, show } = usePlace();
  const close = (outcome: "solved" | "unsolved") => {
    station.wish({ type: "close", conversation: id, outcome });
    show({ dialog: null });
  };
  return (
    <Sheet title={t.act.closeTitle} onClose={() => show({ dialog: null })}>
      <p className="quiet">{t.act.closeLead}</p>
      <div className="outcomes">
        <Button type="primary" size="large" autoFocus icon={<CheckCircleOutlined />} onClick={() => close("solved")}>
          {t.act.solved}
        </Button>
        <Button size="large" icon={<MinusCircleOutlined />} onClick={() => close("unsolved")}>
          {t.act.unsolved}
        </Button>
      </div>
    </Sheet>
  );
}
