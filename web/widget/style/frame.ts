/** A page's rule for `*` reaches the element itself and beats `:host`, unless this is important. */
const important = (rules: string) => `:host{${rules.split(";").join("!important;")}!important}`;

/** The launcher, the panel's place on the page, its head and foot. The host page's styles stop at `all: initial`. */
export const FRAME = `
${important(`all:initial;position:fixed;z-index:2147483000;inset:auto;display:block;direction:ltr;
  font:400 15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","PingFang TC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;
  color:var(--text);-webkit-font-smoothing:antialiased;text-size-adjust:100%`)}
:host([hidden]){display:none!important}
*,*::before,*::after{box-sizing:border-box}
p,h2,h3,ul,ol,fieldset,legend,blockquote,pre{margin:0;padding:0;border:0}
button,textarea,input{font:inherit;color:inherit;letter-spacing:inherit}
button{cursor:pointer;border:0;background:none;-webkit-tap-highlight-color:transparent}
button:disabled{cursor:default;opacity:.5}
:focus{outline:none}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.icon{display:block;flex:none}
.muted{color:var(--muted)}
.launcher{position:fixed;right:calc(20px + env(safe-area-inset-right));bottom:calc(20px + env(safe-area-inset-bottom));width:58px;height:58px;border-radius:50%;
  display:grid;place-items:center;background:var(--accent);color:var(--on-accent);box-shadow:var(--shadow);transition:transform .18s,background .18s}
.launcher:hover{transform:translateY(-2px);background:var(--accent-deep)}
.launcher .icon{width:28px;height:28px}
.top-right .launcher{top:calc(10px + env(safe-area-inset-top));right:calc(10px + env(safe-area-inset-right));bottom:auto;width:44px;height:44px}
.top-right .launcher .icon{width:22px;height:22px}
.badge{position:absolute;top:-3px;right:-3px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c02617;color:#fff;font-size:12px;font-weight:600;line-height:22px;text-align:center;box-shadow:0 0 0 2px var(--bg)}
.panel{position:fixed;right:calc(20px + env(safe-area-inset-right));bottom:calc(20px + env(safe-area-inset-bottom));width:400px;height:min(700px,calc(100dvh - 40px));
  display:flex;flex-direction:column;background:var(--bg);border:1px solid var(--line);border-radius:20px;box-shadow:var(--shadow);overflow:hidden;animation:rise .22s cubic-bezier(.2,.8,.2,1)}
.top-right .panel{top:calc(16px + env(safe-area-inset-top));bottom:auto}
.page .panel{inset:0;width:auto;height:auto;border:0;border-radius:0;box-shadow:none;animation:none}
@keyframes rise{from{opacity:0;transform:translateY(12px) scale(.985)}}
@media (max-width:480px){.panel,.top-right .panel{inset:0;width:auto;height:100dvh;border:0;border-radius:0}}
.head{position:relative;display:flex;align-items:center;gap:12px;padding:14px 12px 14px 18px;padding-top:calc(14px + env(safe-area-inset-top));border-bottom:1px solid var(--line);background:var(--bg)}
.face{width:42px;height:42px;border-radius:14px;display:grid;place-items:center;flex:none;background:var(--accent-soft);color:var(--accent)}
.face .icon{width:24px;height:24px}
.face-agent{background:var(--accent);color:var(--on-accent);border-radius:50%}
.head-text{flex:1;min-width:0}
.head h2{display:flex;align-items:center;gap:8px;font-size:16px;font-weight:650;line-height:1.35}
.tag{padding:1px 7px;border-radius:7px;background:var(--accent-soft);color:var(--accent-deep);font-size:12px;font-weight:500;line-height:1.5;white-space:nowrap}
.status{display:flex;align-items:center;gap:6px;font-size:12.5px;color:var(--muted)}
.status i{width:7px;height:7px;border-radius:50%;background:var(--muted)}
.status.is-online i{background:var(--good)}
.round{width:44px;height:44px;border-radius:12px;display:grid;place-items:center;color:var(--muted);flex:none;transition:background .15s}
.round+.round{margin-left:-10px}
.round:hover{background:var(--canvas);color:var(--text)}
.menu{position:absolute;z-index:3;right:14px;top:calc(100% - 4px);min-width:200px;padding:6px;border:1px solid var(--line);border-radius:14px;background:var(--surface);box-shadow:var(--shadow)}
.menu button{display:flex;align-items:center;gap:10px;width:100%;min-height:44px;padding:0 12px;border-radius:9px;text-align:start}
.menu button:not(:disabled):hover{background:var(--accent-soft)}
.bar{padding:8px 18px;font-size:13px;background:var(--accent-soft);color:var(--accent-deep);border-bottom:1px solid var(--accent-line)}
.foot{padding:8px 14px calc(10px + env(safe-area-inset-bottom));border-top:1px solid var(--line);background:var(--bg)}
.foot-row{display:flex;gap:8px;flex-wrap:wrap;margin-bottom:8px}
.pill{display:inline-flex;align-items:center;gap:7px;min-height:36px;padding:0 14px 0 11px;border-radius:18px;border:1px solid var(--accent-line);background:var(--accent-soft);color:var(--accent-deep);font-size:14px;font-weight:550;transition:border-color .15s}
.pill:not(:disabled):hover{border-color:var(--accent)}
.pill.quiet{background:none;border-color:var(--line);color:var(--muted);font-weight:400}
.pill .icon{width:18px;height:18px}
.composer{position:relative}
.composer-row{display:flex;align-items:flex-end;gap:6px;padding:4px;border:1px solid var(--line);border-radius:16px;background:var(--surface);transition:border-color .15s,box-shadow .15s}
.composer-row:focus-within{border-color:var(--accent);box-shadow:0 0 0 3px var(--accent-soft)}
.composer textarea{flex:1;min-width:0;min-height:44px;max-height:132px;padding:10px 6px 10px 12px;border:0;background:none;resize:none;font-size:16px;line-height:1.5;overflow-y:auto}
.composer textarea:focus-visible{outline:none}
textarea::placeholder{color:var(--muted);opacity:1}
.send{width:44px;height:44px;flex:none;border-radius:12px;display:grid;place-items:center;background:var(--accent);color:var(--on-accent);transition:background .15s,opacity .15s}
.send:disabled{background:var(--canvas);color:var(--muted);opacity:1}
.send:not(:disabled):hover{background:var(--accent-deep)}
.hint{margin:6px 4px 0;font-size:11.5px;line-height:1.4;color:var(--muted)}
.hint.over{color:var(--alarm);font-weight:600}
.suggestions{position:absolute;left:0;right:0;bottom:calc(100% + 4px);z-index:2;padding:6px;border:1px solid var(--line);border-radius:14px;background:var(--surface);box-shadow:var(--shadow)}
.suggestions button{display:block;width:100%;min-height:44px;padding:8px 12px;border-radius:9px;text-align:start;font-size:14px;line-height:1.45}
.suggestions button:hover,.suggestions button:focus-visible{background:var(--accent-soft)}
@media (prefers-reduced-motion:reduce){*,*::before,*::after{animation:none!important;transition:none!important}}
@media (forced-colors:active){.hd-bubble,.card,.notice,.queue,.panel,.launcher{border:1px solid CanvasText}}
`;
