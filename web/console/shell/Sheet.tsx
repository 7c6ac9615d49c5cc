import { CloseOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ReactNode, useEffect, useRef } from "react";
import { useTexts } from "./preferences";

interface Props {
  title: string;
  side?: boolean;
  onClose(): void;
  children: ReactNode;
}

/** A dialog, or with `side` a drawer, on the browser's own `<dialog>`: focus trap, Esc and top layer come with it.
 * antd's own lock the page's scrolling with a style element that carries no nonce, which a strict CSP refuses. */
export function Sheet({ title, side = false, onClose, children }: Props) {
  const t = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={side ? "sheet side" : "sheet"}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // The backdrop belongs to the dialog element itself; its content lies in the div.
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className="sheet-body">
        <header>
          <h2>{title}</h2>
          <Button type="text" icon={<CloseOutlined />} aria-label={t.act.cancel} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
