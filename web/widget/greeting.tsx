import { Choices } from "./choices";
import { useDesk } from "./context";

/** Before the first message: that it is a program, who is there today, how long it takes, and topics. */
export function GreetingBlock() {
  const { chat, words, markup } = useDesk();
  const greeting = chat.state.greeting;
  if (greeting === null) return null;
  return (
    <section class="greeting">
      <p class="hd-by">
        <span class="hd-who">{words.t("bot")}</span>
        <span class="tag">{words.t("program")}</span>
      </p>
      <div class="greeting-text">{markup.markdown(greeting.text)}</div>
      <ul class="facts">
        <li>{greeting.hours}</li>
        {greeting.wait && <li>{greeting.wait}</li>}
      </ul>
      <Choices choices={greeting.categories} label={words.t("topics")} />
      {greeting.hot.length > 0 && <Choices choices={greeting.hot} label={words.t("hot")} quiet />}
    </section>
  );
}
