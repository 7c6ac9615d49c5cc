// The widget's weight on the wire. Fails past the hard limit; says so past the aim.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const AIM = 25 * 1024;
const LIMIT = 30 * 1024;
const size = gzipSync(readFileSync(new URL("../../app/static/widget.js", import.meta.url)), { level: 9 }).length;
console.log(`widget.js: ${size} bytes gzipped (aim ${AIM}, limit ${LIMIT})`);
if (size > LIMIT) process.exit(1);
if (size > AIM) console.warn("widget.js is past its aim");
