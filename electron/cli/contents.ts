/** Versions of a file as the user names them, and their bytes. */
import { Buffer } from 'node:buffer';
import type { Client } from '../../shared/contracts/client.ts';
import type { ChangeJson } from '../../shared/contracts/shapes.ts';
import { shellWord } from '../../shared/domain/shell-word.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';
import { readMoment } from './local-time.ts';
import { momentIn } from './version-argument.ts';

/** Which file of which workspace. */
export type FileOf = { client: Client; workspace: string; path: string };

/** A version that the engine understands: `{moment}` becomes the stamp of what stood there at that time. */
export async function nameVersion(
  file: FileOf,
  version: string | undefined,
  nowMs: number,
): Promise<Result<string | undefined>> {
  const moment = version === undefined ? undefined : momentIn(version);
  if (moment === undefined) return ok(version);
  const atMs = readMoment(moment, nowMs, 'end');
  if (atMs === undefined) return err(notTime(moment));
  const { client, workspace, path } = file;
  const page = await client.call('listChanges', { workspace, path, to_ms: atMs, limit: 1 });
  if (!page.ok) return page;
  const [newest] = page.value.changes;
  return newest === undefined ? err(tooEarly(path, moment)) : ok(newest.stamp);
}

const notTime = (moment: string) =>
  problem(
    'bad-input',
    moment,
    `{${moment}} names no time.`,
    'Write for example @{2026-11-21T09:30} or @{2h}.',
  );

const tooEarly = (path: string, moment: string) =>
  problem(
    'not-found',
    path,
    `${path} has no version from ${moment} or before.`,
    `See \`skein log ${shellWord(path)}\`.`,
  );

/** The exact bytes behind an answer of getContent. */
export const bytesOf = ({
  encoding,
  content,
}: {
  encoding: 'utf-8' | 'base64';
  content: string;
}): Uint8Array => Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');

/** The bytes that a change left; undefined when it is a deletion, or when there is no change. */
export async function readSide(
  { client, workspace, path }: FileOf,
  change: ChangeJson | null,
): Promise<Result<Uint8Array | undefined>> {
  if (change === null || change.event_type === 'deleted') return ok(undefined);
  const answer = await client.call('getContent', { workspace, path, version: change.stamp });
  return answer.ok ? ok(bytesOf(answer.value)) : answer;
}
