/**
 * A program of its own, so that an engine that holds its event loop delays no write: appends a line to a large
 * journal every second, and saves a small file in place again and again, each version with the moment of its writing.
 * `node two-writers.ts JOURNAL SMALL COUNT EVERY_MS`; ends after COUNT versions.
 */
import { appendFileSync, writeFileSync } from 'node:fs';

const [journal = '', small = '', count = '0', everyMs = '0'] = process.argv.slice(2);
const journalMs = 1_000;
let written = 0;

setInterval(() => appendFileSync(journal, `- ${performance.now()} a line of the journal\n`), journalMs);
setInterval(() => {
  if (written === Number(count)) process.exit(0);
  written += 1;
  writeFileSync(small, `# Agents\n\nEdit ${written} at ${performance.timeOrigin + performance.now()}\n`);
}, Number(everyMs));
