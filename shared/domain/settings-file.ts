/**
 * skein.json as a file: JSON with comments and trailing commas. What is wrong in it is said with line, column and
 * key; what is changed in it leaves comments and order as they are.
 */
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { z } from 'zod';
import { err, ok, type Problem, problem, type Result } from '../result.ts';
import { compilePattern } from './path-pattern.ts';
import { type Settings, settingsShape } from './settings.ts';
import { complaintOf, nameOf } from './settings-complaints.ts';
import { brokenAt, brokenSettings, byteOrderMark, parseSettings } from './settings-syntax.ts';
import { keyOf, plainValue, removeKey, setKey } from './settings-text.ts';
import { settingsWords } from './settings-words.ts';
import { compileTrackedSet } from './tracked-files.ts';

/** Names the schema without claiming a place on the web. No editor finds it by that, so files do not refer to it. */
export const settingsSchemaId = 'urn:skein:settings:1';

/**
 * Reads the text of skein.json. Fails with `settings-broken` and a sentence that gives line, column and key. What
 * is read can be used: its patterns compile and its report file can be tracked.
 */
export function readSettings(
  text: string,
): Result<{ settings: Settings; fromFile: Record<string, unknown> }> {
  const parsed = parseSettings(text);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  const fromFile = plainValue(root) as Record<string, unknown>;
  const checked = settingsShape.safeParse(fromFile);
  if (!checked.success) return err(issueProblem(text, root, fromFile, checked.error.issues));
  const unusable = findBrokenPattern(text, root, checked.data) ?? findUntrackable(text, root, checked.data);
  return unusable === undefined ? ok({ settings: checked.data, fromFile }) : err(unusable);
}

/**
 * Changes keys in the text of skein.json and returns the new text; undefined or blank text makes a new file. Null
 * removes a key, except where null is a value of its own (`report_file`); undefined always removes.
 * Fails with `bad-input` on a value that the key cannot have, and with `settings-broken` when the text is broken
 * before or would be after.
 */
export function editSettings(text: string | undefined, changes: Record<string, unknown>): Result<string> {
  const isNew = text === undefined || text.trim() === '';
  const before = isNew ? '{}\n' : text;
  const parsed = parseSettings(before);
  if (!parsed.ok) return parsed;
  const mark = before.startsWith(byteOrderMark) ? byteOrderMark : '';
  let after = before.slice(mark.length);
  for (const [key, value] of Object.entries(changes)) {
    if (isRemoval(key, value)) after = removeKey(after, key);
    else {
      const refused = complaintAboutChange(key, value);
      if (refused !== undefined) return err(refused);
      after = setKey(after, key, value);
    }
  }
  const read = readSettings(after);
  return read.ok ? ok(mark + after) : read;
}

/** The JSON schema (draft 2020-12) of skein.json, for editors; skein.schema.json holds the same. */
export function settingsJsonSchema(): object {
  const schema = z.toJSONSchema(settingsShape, { io: 'input' });
  const properties = Object.entries(schema.properties ?? {}).map(([key, property]) => [
    key,
    { ...settingsWords[key as keyof typeof settingsWords], ...(property as object) },
  ]);
  return {
    ...schema,
    $id: settingsSchemaId,
    title: 'Skein settings',
    description:
      'What Skein tracks in a workspace, and when and where it reports. Every key may be left out.',
    allowComments: true,
    allowTrailingCommas: true,
    properties: Object.fromEntries(properties),
  };
}

function issueProblem(text: string, root: Node, value: object, issues: readonly z.core.$ZodIssue[]): Problem {
  const placed = issues.map((issue) => ({ issue, node: nodeOf(root, issue) }));
  const [first] = placed.sort((left, right) => left.node.offset - right.node.offset);
  if (first === undefined) return brokenSettings('cannot be read.');
  const wrong = first.issue.path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown>)?.[step],
    value,
  );
  return brokenAt(text, first.node.offset, complaintOf(first.issue, settingsJsonSchema(), wrong));
}

/** Where an issue is shown: at the wrong value, at an unknown key, or at the object that lacks a key. */
function nodeOf(root: Node, issue: z.core.$ZodIssue): Node {
  const at = findNodeAtLocation(root, issue.path as (string | number)[]);
  if (issue.code === 'unrecognized_keys') {
    return at?.children?.find((property) => keyOf(property) === issue.keys[0]) ?? root;
  }
  return at ?? findNodeAtLocation(root, issue.path.slice(0, -1) as (string | number)[]) ?? root;
}

function findBrokenPattern(text: string, root: Node, settings: Settings): Problem | undefined {
  const paths = [
    ...settings.track.map((entry, index) => ({ path: ['track', index, 'pattern'], pattern: entry.pattern })),
    ...settings.ignore.map((pattern, index) => ({ path: ['ignore', index], pattern })),
    ...settings.owners.map((entry, index) => ({
      path: ['owners', index, 'pattern'],
      pattern: entry.pattern,
    })),
    ...settings.conflicts.map((entry, index) => ({
      path: ['conflicts', index, 'pattern'],
      pattern: entry.pattern,
    })),
  ];
  for (const { path, pattern } of paths) {
    const compiled = compilePattern(pattern);
    if (compiled.ok) continue;
    const offset = findNodeAtLocation(root, path)?.offset ?? 0;
    return brokenAt(text, offset, `${nameOf(path)}: ${withoutFullStop(compiled.error.message)}`);
  }
  return undefined;
}

/** What is wrong with the patterns together or with the report file. */
function findUntrackable(text: string, root: Node, settings: Settings): Problem | undefined {
  const compiled = compileTrackedSet(settings);
  if (compiled.ok) return undefined;
  const offset = findNodeAtLocation(root, [compiled.error.subject])?.offset ?? root.offset;
  return brokenAt(text, offset, withoutFullStop(compiled.error.message));
}

function isRemoval(key: string, value: unknown): boolean {
  return value === undefined || (value === null && !shapeOf(key)?.safeParse(null).success);
}

function complaintAboutChange(key: string, value: unknown): Problem | undefined {
  const checked = settingsShape.safeParse({ [key]: value });
  const [issue] = checked.error?.issues ?? [];
  if (issue === undefined) return undefined;
  const wrong = issue.path
    .slice(1)
    .reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown>)?.[step], value);
  const sentence = `${complaintOf(issue, settingsJsonSchema(), wrong)}.`;
  return problem('bad-input', key, sentence, 'Nothing was changed; give a value of that kind.');
}

function shapeOf(key: string): z.ZodType | undefined {
  return Object.entries(settingsShape.shape).find(([name]) => name === key)?.[1];
}

const withoutFullStop = (sentence: string): string => sentence.replace(/\.$/, '');
