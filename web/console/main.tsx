import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/App";
import { PreferencesProvider } from "./shell/preferences";
import "./theme/base.css";
import "./theme/header.css";
import "./theme/shell.css";
import "./theme/lists.css";
import "./theme/talk.css";
import "./theme/markdown.css";
import "./theme/compose.css";
import "./theme/dialogs.css";
import "./theme/panel.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <PreferencesProvider>
      <App />
    </PreferencesProvider>
  </StrictMode>,
);
