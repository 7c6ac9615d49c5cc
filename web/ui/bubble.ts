import type { CreateElement, Renderer } from "./render";

export type Side = "mine" | "theirs" | "note";

export interface BubbleProps<N> {
  /** Shown always: 小蜜, a named person, the customer. */
  who: string;
  kind: "customer" | "bot" | "agent" | "system";
  side: Side;
  time: string;
  /** Machine-readable time. */
  at: string;
  text: string;
  /** Said aloud together with the time, e.g. "sending". */
  status?: string;
  /** Under the text, inside the bubble: choices, links. */
  inside?: N[];
  /** Under the bubble: votes, retry. */
  below?: N[];
}

/** One message. Who speaks stands in text before every message, not only in its colour or side. */
export function bubble<N>(h: CreateElement<N>, text: Renderer<N>): (props: BubbleProps<N>) => N {
  return (props) =>
    h(
      "article",
      { className: `hd-message hd-${props.side} hd-by-${props.kind}` },
      h(
        "header",
        { className: "hd-by" },
        h("span", { className: "hd-who" }, props.who),
        h("time", { dateTime: props.at }, props.time),
        ...(props.status ? [h("span", { className: "hd-status" }, props.status)] : []),
      ),
      h(
        "div",
        { className: "hd-bubble" },
        props.kind === "customer" ? text.plain(props.text) : text.markdown(props.text),
        ...(props.inside ?? []),
      ),
      ...(props.below ?? []),
    );
}
