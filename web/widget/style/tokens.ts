/** Colours in both themes. Every text colour has at least 4.5:1 on the surfaces that it stands on. */
const LIGHT = `
  --accent:#b45309; --accent-deep:#92400e; --on-accent:#fff; --accent-soft:#fef4e2; --accent-line:#f0d3a4; --mine:#b45309; --on-mine:#fff;
  --bg:#fff; --canvas:#faf7f2; --surface:#fff; --line:#ebe4d9; --text:#292017; --muted:#6f6355;
  --alarm:#b42318; --alarm-soft:#fef1ef; --alarm-line:#f6cfca; --good:#1d7a4c; --good-soft:#ebf6ef;
  --shadow:0 1px 2px rgb(60 40 10/.06),0 18px 48px -12px rgb(60 40 10/.28); --lift:0 1px 2px rgb(60 40 10/.07);
  color-scheme:light;`;

const DARK = `
  --accent:#f4b860; --accent-deep:#ffd08a; --on-accent:#2a1a04; --accent-soft:#382a16; --accent-line:#5d451f; --mine:#5c3f15; --on-mine:#ffedd0;
  --bg:#1b1814; --canvas:#151310; --surface:#25211b; --line:#3a342b; --text:#f4eee5; --muted:#b8ac9b;
  --alarm:#ff9d90; --alarm-soft:#3a1f1b; --alarm-line:#6b332c; --good:#7fd3a3; --good-soft:#1d3226;
  --shadow:0 1px 2px rgb(0 0 0/.4),0 22px 56px -12px rgb(0 0 0/.7); --lift:none;
  color-scheme:dark;`;

export const TOKENS = `
:host{${LIGHT}}
@media (prefers-color-scheme:dark){:host(:not([data-theme=light])){${DARK}}}
:host([data-theme=dark]){${DARK}}
`;
