/** `npm run merge-report -- DIR [--json]`: merges recorded concurrent edits and prints what became of them. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judgeCase } from './judge-merge.ts';
import { readCases } from './merge-cases.ts';
import { summarise, summaryTable } from './summary.ts';

const usage = `Usage: npm run merge-report -- [DIR] [--json]

  DIR     a folder of cases: index.jsonl, and a folder for each (default: the corpus, else the project's own)
  --json  one JSON object on the standard output: each set, and each case

"settled" needs no person; "exact" and "loosely" are equal to what people wrote, loosely up to order, blank lines and
digits; "partly" is a merge that left some of a version to a person; "lost words" are in neither result nor inbox;
"doubled" lines were added once by each side and stand twice; "unstable" changes when it meets one of its sides again.`;

type Options = { folder: string | undefined; json: boolean; help: boolean };

/** Undefined when the command is not understood, which is said then. */
function readOptions(): Options | undefined {
  try {
    const flag = { type: 'boolean', default: false } as const;
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: flag, help: flag },
    });
    return { ...values, folder: positionals[0] };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return undefined;
  }
}

const options = readOptions();
if (options === undefined) process.exit(2);
if (options.help) {
  console.log(usage);
  process.exit(0);
}
const corpus = path.join(import.meta.dirname, '../../../shared/corpus/merge');
const own = path.join(import.meta.dirname, 'cases');
const root = path.resolve(options.folder ?? (fs.existsSync(corpus) ? corpus : own));
const cases = readCases(root);
if (cases.length === 0) {
  console.error(
    `No cases (index.jsonl and a folder a case) in ${root}. Name a folder: npm run merge-report -- DIR`,
  );
  process.exit(2);
}
const judged = cases.map(judgeCase);
const sets = summarise(judged);
if (options.json) console.log(JSON.stringify({ root, sets, cases: judged }, null, 1));
else console.log(summaryTable(root, sets));
