/** Versions of one file: read one, compare two, put one back. */
import { Buffer } from 'node:buffer';
import type { Change } from '../../../shared/domain/change.ts';
import { decodeUtf8 } from '../../../shared/domain/utf8.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { LogReader } from '../../engine/engine-contract.ts';
import { chooseEngine } from '../choose-workspace.ts';
import { diffOfContents, readContent } from '../content-diff.ts';
import type { Handler } from '../deps.ts';
import { changeWriter } from '../to-json.ts';

/** The bytes of a version, `latest` by default. Fails with `content-collected`, or `not-found` for a deletion. */
export const getContent: Handler<'getContent'> = ({ host }, { workspace, path, version }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const { log } = engine.value;
  const change = log.resolveVersion(path, version ?? 'latest');
  if (!change.ok) return change;
  if (change.value.content === null) return err(deletedThen(change.value));
  const bytes = readContent(log, path, change.value.content);
  if (!bytes.ok) return bytes;
  return ok({ change: changeWriter(log)(change.value), ...encode(bytes.value) });
};

function encode(bytes: Uint8Array): { encoding: 'utf-8' | 'base64'; content: string } {
  const { text, valid } = decodeUtf8(bytes);
  if (valid) return { encoding: 'utf-8', content: text };
  return { encoding: 'base64', content: Buffer.from(bytes).toString('base64') };
}

/** Compares `to` (default: the latest) with `from` (default: the version just before `to`, null when it is the first). */
export const getDiff: Handler<'getDiff'> = ({ host }, { workspace, path, from, to, context }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const { log } = engine.value;
  const newer = log.resolveVersion(path, to ?? 'latest');
  if (!newer.ok) return newer;
  const older = resolveOlder(log, newer.value, from);
  if (!older.ok) return older;
  const sides = { from: older.value?.content ?? null, to: newer.value.content };
  const diff = diffOfContents(log, path, sides, context);
  if (!diff.ok) return diff;
  const write = changeWriter(log);
  return ok({
    ...diff.value,
    from: older.value === undefined ? null : write(older.value),
    to: write(newer.value),
  });
};

function resolveOlder(log: LogReader, newer: Change, from: string | undefined): Result<Change | undefined> {
  return from === undefined ? ok(log.fileNeighbours(newer).earlier) : log.resolveVersion(newer.path, from);
}

/** Puts a version back on the disk, as a new change; `unchanged` when the file held it already. */
export const restore: Handler<'restore'> = async ({ host }, { workspace, path, version, agent }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const outcome = await engine.value.restore(path, version, agent ?? 'human');
  if (!outcome.ok) return outcome;
  const { change } = outcome.value;
  return ok({
    change: change === null ? null : changeWriter(engine.value.log)(change),
    unchanged: change === null,
  });
};

const deletedThen = ({ path, stamp }: Change) =>
  problem(
    'not-found',
    path,
    `${path} was deleted in version ${stamp}, so that version has no content.`,
    `Ask for the one before it, for example latest~1.`,
  );
