import { type KeyboardEvent, type Ref, useImperativeHandle, useLayoutEffect, useRef } from "react";

interface Props {
  value: string;
  label: string;
  placeholder: string;
  minRows?: number;
  maxLength?: number;
  ref?: Ref<{ focus(): void }>;
  onChange(text: string): void;
  onKeyDown?(event: KeyboardEvent): void;
}

/** A text field that grows with its text. antd's own measures with a hidden copy whose style attribute a strict CSP
 * refuses; here the height is set through the CSSOM. */
export function Writing({ value, label, placeholder, minRows = 1, maxLength, ref, onChange, onKeyDown }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }), []);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [value]);
  return (
    <textarea
      ref={field}
      className="writing scroll"
      rows={minRows}
      value={value}
      maxLength={maxLength}
      aria-label={label}
      placeholder={placeholder}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}
