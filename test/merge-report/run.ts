/** `npm run merge-report -- DIR [--json]`: merges recorded concurrent edits and prints what became of them. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judgeCase } from './judge-merge.ts';
import { readCases } from './merge-cases.ts';
import { summarise, summaryTable } from './summary.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const corpus = path.join(import.meta.dirname, '../../../shared/corpus/merge');
const own = path.join(import.meta.dirname, 'cases');
const root = path.resolve(positionals[0] ?? (fs.existsSync(corpus) ? corpus : own));
const cases = readCases(root);
if (cases.length === 0) {
  console.error(
    `No cases (index.jsonl and a folder a case) in ${root}. Name a folder: npm run merge-report -- DIR`,
  );
  process.exit(2);
}
const judged = cases.map(judgeCase);
const sets = summarise(judged);
if (values.json === true) console.log(JSON.stringify({ root, sets, cases: judged }, null, 1));
else console.log(summaryTable(root, sets));
