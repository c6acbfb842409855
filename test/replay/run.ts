/** `npm run replay -- DIR`: plays recorded histories into real folders and prints what the log made of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findHistories, readHistory } from './recorded-history.ts';
import { replay } from './replay.ts';
import { judge, type Verdict } from './verdict.ts';

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '../../../shared/corpus/replay'));
const histories = findHistories(root);
if (histories.length === 0) {
  console.log(`No recorded history (log.jsonl and blobs/) in ${root}. Name a folder: npm run replay -- DIR`);
  process.exit(2);
}

const scratch = mkdtempSync(path.join(os.tmpdir(), 'skein-replay-'));
let failed = false;
try {
  for (const folder of histories) {
    const versions = readHistory(folder);
    const { replayed, engine, stop } = await replay(versions, scratch);
    const verdict = judge(engine, replayed);
    print(path.basename(folder), verdict, versions.length);
    failed ||= verdict.missing.length + verdict.wrong.length > 0;
    await stop();
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

function print(name: string, verdict: Verdict, rows: number): void {
  const share = (part: number): string => `${part} (${((100 * part) / verdict.versions).toFixed(1)} %)`;
  console.log(`\n${name}: ${rows} rows, ${verdict.versions} of which change what lies on the disk`);
  console.log(
    `  in the log, in order, byte for byte   ${verdict.versions - verdict.missing.length - verdict.wrong.length}`,
  );
  console.log(`  missing ${verdict.missing.length}, wrong ${verdict.wrong.length}`);
  console.log(`  attributed                            ${share(verdict.attributed)}`);
  console.log(`  rightly, by the recorded trailers     ${share(verdict.right)}`);
  console.log(`  decided by                            ${JSON.stringify(verdict.bySource)}`);
  for (const line of [...verdict.missing, ...verdict.wrong].slice(0, 10)) console.log(`  not right: ${line}`);
  for (const line of verdict.mistaken.slice(0, 10)) console.log(`  mistaken: ${line}`);
}
