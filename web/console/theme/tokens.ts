import { theme, type ThemeConfig } from "antd";
import type { Look } from "../shell/preferences";

const FONT =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", Roboto, "Helvetica Neue", Arial, sans-serif';

const SHARED = {
  fontFamily: FONT,
  fontSize: 14,
  borderRadius: 8,
  borderRadiusLG: 12,
  borderRadiusSM: 6,
  controlHeight: 34,
  controlHeightSM: 28,
  wireframe: false,
  // Who asks for less motion gets none: nothing waits for a transition's end, see base.css.
  motion: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  motionDurationMid: "0.16s",
  motionDurationSlow: "0.22s",
};

/** The same values stand in theme/base.css for what antd does not draw. Text on `colorPrimary` is at least 4.5:1. */
const LIGHT: ThemeConfig = {
  algorithm: theme.defaultAlgorithm,
  token: {
    ...SHARED,
    colorPrimary: "#b45309",
    colorLink: "#9a4708",
    colorSuccess: "#15803d",
    colorWarning: "#b45309",
    colorError: "#b91c1c",
    colorInfo: "#b45309",
    colorTextBase: "#211c15",
    colorBgBase: "#ffffff",
    colorBgLayout: "#f6f3ee",
    colorBorder: "#ddd5c8",
    colorBorderSecondary: "#ebe5da",
    colorTextSecondary: "#5d5448",
    colorTextTertiary: "#73695b",
    colorTextPlaceholder: "#766c5e",
    colorTextDescription: "#6b6153",
    boxShadowSecondary: "0 8px 28px -6px rgb(60 42 15 / 0.18), 0 2px 6px rgb(60 42 15 / 0.08)",
  },
};

const DARK: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...SHARED,
    colorPrimary: "#e9a23b",
    colorLink: "#f0b35c",
    colorSuccess: "#4ade80",
    colorWarning: "#e9a23b",
    colorError: "#f87171",
    colorInfo: "#e9a23b",
    colorTextBase: "#f4efe7",
    colorBgBase: "#1c1813",
    colorBgLayout: "#14110d",
    colorBgContainer: "#1f1b15",
    colorBgElevated: "#2a241c",
    colorBorder: "#453c30",
    colorBorderSecondary: "#332c22",
    colorTextSecondary: "#c6bbaa",
    colorTextTertiary: "#a39886",
    colorTextPlaceholder: "#a09482",
    colorTextDescription: "#b0a593",
    colorTextLightSolid: "#1c1206",
    boxShadowSecondary: "0 10px 32px -6px rgb(0 0 0 / 0.6), 0 2px 6px rgb(0 0 0 / 0.4)",
  },
};

export function themeOf(look: Look): ThemeConfig {
  const base = look === "dark" ? DARK : LIGHT;
  return {
    ...base,
    components: {
      Button: { fontWeight: 500, dangerColor: look === "dark" ? "#1c1206" : "#ffffff", primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
      Segmented: { trackPadding: 3 },
      Tooltip: look === "dark" ? { colorBgSpotlight: "#3a3226", colorTextLightSolid: "#f4efe7" } : { colorBgSpotlight: "#2b241a" },
      Modal: { titleFontSize: 16 },
      Input: { activeShadow: "none" },
    },
  };
}
