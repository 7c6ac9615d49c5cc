/** The log: messages, notices, cards. */
export const TALK = `
.log-frame{position:relative;flex:1;min-height:0;display:flex;background:var(--canvas)}
.log{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;padding:18px 16px 20px;display:flex;flex-direction:column;gap:16px;scrollbar-width:thin;scrollbar-color:var(--line) transparent}
.log:focus-visible{outline-offset:-3px}
.log>*{flex:none}
.day{text-align:center;font-size:12px;color:var(--muted)}
.day span{padding:3px 11px;border-radius:11px;background:var(--bg);border:1px solid var(--line)}
.hd-message{display:flex;flex-direction:column;align-items:flex-start;max-width:90%;animation:appear .2s}
@keyframes appear{from{opacity:0;transform:translateY(5px)}}
.hd-mine{align-self:flex-end;align-items:flex-end;max-width:82%}
.hd-by{display:flex;align-items:center;gap:7px;margin:0 4px 5px;font-size:12px;line-height:1.4;color:var(--muted)}
.hd-who{color:var(--text);font-weight:600}
.hd-by-agent .hd-who{color:var(--accent-deep)}
.hd-status{padding:0 6px;border-radius:6px;background:var(--bg);border:1px solid var(--line)}
.hd-theirs .hd-status{order:-1}
.hd-theirs .hd-who{order:-2}
.hd-bubble{padding:11px 15px;border-radius:5px 17px 17px;background:var(--surface);border:1px solid var(--line);box-shadow:var(--lift);overflow-wrap:anywhere;min-width:0;max-width:100%}
.hd-mine .hd-bubble{border-radius:17px 5px 17px 17px;background:var(--mine);border-color:transparent;color:var(--on-mine)}
.hd-by-agent .hd-bubble{border-color:var(--accent-line)}
.own{display:contents}
.pending .hd-bubble{opacity:.82}
.hd-plain{white-space:pre-wrap}
.hd-md>*+*{margin-top:9px}
.hd-md ol,.hd-md ul{padding-inline-start:21px}
.hd-md li+li{margin-top:5px}
.hd-md li::marker{color:var(--accent);font-weight:600}
.hd-md li>ul,.hd-md li>ol{margin-top:5px}
.hd-heading,strong{font-weight:650}
.hd-md a,.link{color:var(--accent);text-decoration:underline;text-underline-offset:3px;text-decoration-thickness:1px}
.hd-md code{padding:1px 5px;border-radius:5px;background:var(--canvas);font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.hd-md pre{padding:10px;border-radius:9px;background:var(--canvas);font:13px/1.5 ui-monospace,Menlo,Consolas,monospace;overflow-x:auto}
blockquote{padding-inline-start:11px;border-inline-start:3px solid var(--accent-line)}
.hd-masked{display:inline-block;padding:0 9px;border-radius:10px;background:var(--alarm-soft);border:1px solid var(--alarm-line);color:var(--alarm);font-size:13px;font-weight:550;white-space:nowrap}
.choices{display:flex;flex-wrap:wrap;gap:8px;margin-top:13px}
.choices-label{flex-basis:100%;font-size:12.5px;color:var(--muted)}
.choice{display:inline-flex;align-items:center;gap:6px;min-height:44px;padding:8px 14px;border:1px solid var(--accent-line);border-radius:13px;background:var(--bg);color:var(--accent-deep);font-size:14px;line-height:1.35;text-align:start;text-decoration:none;transition:background .15s,border-color .15s}
.choice:hover,.choice[aria-pressed=true]{background:var(--accent-soft);border-color:var(--accent)}
.choice .icon{width:17px;height:17px}
.quiet .choice{border-color:transparent;background:none;padding:4px 0;min-height:36px;flex-basis:100%;text-decoration:underline;text-underline-offset:3px;text-decoration-color:var(--accent-line)}
.choices.quiet{gap:0 8px;padding-top:10px;border-top:1px solid var(--line)}
.greeting{padding:17px;border-radius:17px;background:var(--bg);border:1px solid var(--line);box-shadow:var(--lift)}
.greeting .hd-by{margin:0 0 6px;font-size:13px}
.greeting-text{font-size:16px;line-height:1.5}
.facts{list-style:none;margin-top:10px;font-size:13px;color:var(--muted)}
.facts li{display:flex;gap:8px}
.facts li::before{content:"";flex:none;width:5px;height:5px;margin-top:.52em;border-radius:50%;background:var(--accent)}
.below{margin:4px 2px 0;max-width:100%}
.votes{display:flex;align-items:center;font-size:13px}
.vote{width:44px;height:44px;margin:-4px 0 -8px;border-radius:11px;display:grid;place-items:center;color:var(--muted)}
.vote+.vote{margin-left:-8px}
.vote .icon{width:18px;height:18px}
.vote:hover,.vote[aria-pressed=true]{color:var(--accent)}
.vote[aria-pressed=true] .icon{fill:var(--accent-soft)}
.sorry{display:flex;flex-wrap:wrap;align-items:center;gap:10px;margin-top:10px;padding:10px 12px;border-radius:13px;border:1px solid var(--accent-line);background:var(--accent-soft);font-size:14px}
.failed{display:flex;flex-wrap:wrap;align-items:center;justify-content:flex-end;gap:2px 8px;font-size:13px;color:var(--alarm)}
.notice{display:flex;gap:9px;max-width:94%;align-self:center;font-size:13px;line-height:1.5;color:var(--muted);text-align:center}
.notice time{white-space:nowrap;margin-inline-start:4px}
.notice .icon{width:19px;height:19px;margin-top:1px}
.notice.warm,.notice.late,.notice.alarm{padding:10px 14px;border-radius:13px;text-align:start;border:1px solid transparent}
.notice.warm{background:var(--good-soft);color:var(--text)}
.notice.late{background:var(--accent-soft);border-color:var(--accent-line);color:var(--text)}
.notice.warm .icon{color:var(--good)}
.notice.alarm{align-self:stretch;max-width:none;font-size:14px;background:var(--alarm-soft);border-color:var(--alarm-line);color:var(--text)}
.notice.alarm>.icon{color:var(--alarm)}
.notice .hd-md{margin-top:8px}
.notice .button{margin-top:9px}
.typing{display:flex;align-items:center;gap:10px;font-size:13px;color:var(--muted)}
.dots{display:flex;gap:4px;padding:13px 14px;border-radius:5px 15px 15px;background:var(--surface);border:1px solid var(--line)}
.dots i{width:6px;height:6px;border-radius:50%;background:var(--accent);animation:pulse 1.2s infinite}
.dots i:nth-child(2){animation-delay:.15s}
.dots i:nth-child(3){animation-delay:.3s}
@keyframes pulse{0%,60%,100%{opacity:.3}30%{opacity:1}}
.newest{position:absolute;bottom:12px;left:50%;translate:-50% 0;display:flex;align-items:center;gap:6px;min-height:40px;padding:0 15px 0 11px;border-radius:20px;border:1px solid var(--line);background:var(--surface);box-shadow:var(--shadow);font-size:13px}
.button{min-height:44px;padding:0 18px;border-radius:12px;background:var(--accent);color:var(--on-accent);font-size:14px;font-weight:600;transition:background .15s}
.button:not(:disabled):hover{background:var(--accent-deep)}
.button.plain{padding:0 12px;background:none;color:var(--accent);font-weight:500}
.button.plain:hover{background:var(--accent-soft)}
.card{padding:16px;border-radius:17px;background:var(--bg);border:1px solid var(--line);box-shadow:var(--lift)}
.form{display:flex;flex-direction:column;gap:12px}
.form textarea{display:block;width:100%;margin-top:6px;padding:10px 12px;border:1px solid var(--line);border-radius:11px;background:var(--surface);font-size:16px;resize:vertical}
.panel>.form{border-radius:17px 17px 0 0;border-width:1px 0 0}
.row{display:flex;flex-wrap:wrap;gap:6px}
fieldset{display:flex;flex-wrap:wrap;align-items:center;gap:8px}
legend{float:left;min-width:5.5em;margin-inline-end:8px;font-size:14px;color:var(--muted)}
.stars{gap:0}
.stars label{position:relative;width:40px;height:44px;display:grid;place-items:center;color:var(--line);cursor:pointer}
.stars .on{color:var(--accent)}
.stars input{position:absolute;inset:0;opacity:0;margin:0;cursor:pointer}
.stars label:focus-within{outline:2px solid var(--accent);outline-offset:-4px;border-radius:12px}
.queue{padding:13px 18px 12px;border-bottom:1px solid var(--accent-line);background:var(--accent-soft);font-size:14px}
.queue.urgent{background:var(--alarm-soft);border-color:var(--alarm-line)}
.queue-place{display:flex;align-items:center;gap:8px;font-size:16px}
.queue-place .icon{color:var(--accent)}
.queue-small{margin-top:3px;font-size:12.5px;color:var(--muted)}
.queue .button{margin-top:6px}
.queue .button.plain{margin-inline-start:-12px;min-height:40px;margin-bottom:-8px}
.sheet{flex:1;min-height:0;overflow-y:auto;padding:10px 16px 20px;background:var(--canvas)}
.sheet h3{margin:4px 2px 12px;font-size:17px;font-weight:650}
.tickets{list-style:none;display:flex;flex-direction:column;gap:12px}
.tickets .card>*+*{margin-top:8px}
.ticket-head{display:flex;align-items:center;gap:8px}
.ticket-head .tag{margin-inline-start:auto}
.st-answered{background:var(--good-soft);color:var(--good)}
`;
