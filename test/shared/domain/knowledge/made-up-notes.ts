/** Notes of random content, for properties of chunks. */
import fc from 'fast-check';

const words =
  'alpha beta Fenster übergeben журнал задача 索引 検索する merge_base skein.json tokenBudget 🙂 naïve'.split(
    ' ',
  );
const sentence = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 30 })
  .map((some) => `${some.join(' ')}.`);
const lines = (line: fc.Arbitrary<string>, most: number) =>
  fc.array(line, { minLength: 1, maxLength: most }).map((some) => some.join('\n'));

const heading = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(...words))
  .map(([level, title]) => `${'#'.repeat(level)} ${title}`);
const list = lines(
  sentence.map((text) => `- [ ] ${text}`),
  20,
);
const fence = fc
  .tuple(fc.constantFrom('```', '~~~', '````'), fc.constantFrom('', '  ', '   '), lines(sentence, 40))
  .map(([mark, indent, body]) => `${indent}${mark}ts\n${body}\n\n# no heading\n${indent}${mark}`);
const table = lines(
  sentence.map((text) => `| ${text} | 1 |`),
  40,
).map((rows) => `| a | b |\n| --- | --- |\n${rows}`);
const records = lines(
  sentence.map((text) => JSON.stringify({ id: text.length, text })),
  20,
);
const paragraph = fc.array(sentence, { minLength: 1, maxLength: 12 });

/** A note of blocks with blank lines between them. */
export const madeUpNote: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      heading,
      heading,
      list,
      fence,
      table,
      records,
      paragraph.map((some) => some.join(' ')),
      paragraph.map((some) => some.join('\n')),
    ),
    { maxLength: 40 },
  )
  .map((blocks) => blocks.join('\n\n'));

/** Numbers from 0 to 1 that are the same in each run. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const journalWords =
  'agent branch cache delta edit fence gate hook index journal key lock merge note outbox page queue retry sync token'.split(
    ' ',
  );

/** Some words of a journal, never the same. */
export function journalLine(next: () => number): string {
  const count = 4 + Math.floor(next() * 18);
  return Array.from({ length: count }, () => journalWords[Math.floor(next() * journalWords.length)]).join(
    ' ',
  );
}

/** A journal of 200 KiB; an entry in about twelve lines gets a heading when there are any. */
export function madeUpJournal(next: () => number, headings: boolean): string {
  const made: string[] = headings ? ['# Journal'] : [];
  for (let size = 0; size < 200 * 1024; size += made.at(-1)?.length ?? 0) {
    if (headings && next() < 1 / 12) made.push('', `## ${journalLine(next).slice(0, 30)}`, '');
    made.push(`- ${journalLine(next)}`);
  }
  return `${made.join('\n')}\n`;
}
