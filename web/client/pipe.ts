/** A two-way pipe for text frames. Opening one is dialling; what happens on it is told to the listener. */
export interface Pipe {
  /** Frames sent before `open` or after `gone` are lost: whoever needs delivery keeps an outbox. */
  send(text: string): void;
  close(): void;
}

export interface PipeEvents {
  open(): void;
  frame(text: string): void;
  /** At most once, also when dialling failed; never after `close()`. */
  gone(): void;
}

export type Dial = (on: PipeEvents) => Pipe;

/** `https://desk.example` + `/ws/chat` -> `wss://desk.example/ws/chat`. */
export function socketUrl(base: string, path: string): string {
  const url = new URL(path, base);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  return url.href;
}

/** Dials a WebSocket. */
export function socketDial(url: string): Dial {
  return (on) => {
    let over = false;
    const gone = () => {
      if (over) return;
      over = true;
      on.gone();
    };
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch (error) {
      // A page's CSP or a malformed address throws at once; to the caller it is a failed attempt like others.
      console.warn("honeydesk: no WebSocket", error);
      queueMicrotask(gone);
      return { send: () => undefined, close: () => void (over = true) };
    }
    socket.onopen = () => !over && on.open();
    socket.onmessage = (event) => !over && typeof event.data === "string" && on.frame(event.data);
    socket.onclose = gone;
    return {
      send: (text) => void (socket.readyState === WebSocket.OPEN && socket.send(text)),
      close: () => {
        over = true;
        socket.close();
      },
    };
  };
}
