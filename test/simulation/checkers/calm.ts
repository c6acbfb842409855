/** When all is calm: nothing of ours is left behind, and the settings in force are those of the file. */
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { readSettings } from '../../../shared/domain/settings-file.ts';
import { settingsFile } from '../actions.ts';
import type { Judged } from '../judge.ts';

/** No temporary file and no intent of ours is left behind. */
export function noLitter({ disk, sql }: Judged): string[] {
  const left = [...disk.snapshot().keys()].filter((path) => /\.skein-.*\.tmp$/.test(path));
  const intents = sql.prepare<{ path: string }>('SELECT path FROM own_writes').all();
  return [...left, ...intents.map((row) => `intent for ${row.path}`)].map((it) => `${it} was left behind`);
}

/**
 * What people wrote into skein.json is still there, and what it says is in force. It is no tracked file: of two
 * edits in the middle of one swap only one can stay.
 */
export function settingsAreTheFile({ disk, engine, settingsLines, overtaken }: Judged): string[] {
  const bytes = disk.read(settingsFile);
  const text = bytes === undefined ? undefined : Buffer.from(bytes).toString();
  const expectedLines = overtaken.has(settingsFile) ? [] : settingsLines;
  const lost = expectedLines.filter((line) => !text?.includes(`${line}\n`));
  const wrong = lost.map((line) => `${settingsFile} lost the line "${line}"`);
  const read = text === undefined ? undefined : readSettings(text);
  if (read?.ok === false) return [...wrong, `${settingsFile} is broken: ${read.error.message}`];
  const expected = JSON.stringify(read?.value.settings ?? defaultSettings);
  if (JSON.stringify(engine?.settings().settings) !== expected)
    wrong.push(`other settings are in force than ${settingsFile} says`);
  return wrong;
}
