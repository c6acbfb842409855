/** Does the log say only what is true: nothing that was still being written, and of our own writes that they are ours? */
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { limits } from '../../../shared/limits.ts';
import { boardFile } from '../actions.ts';
import type { Judged } from '../judge.ts';
import { sameBytes, standings } from './disk.ts';
import { readLog } from './log-rows.ts';

/** What stood for less than the shortest settle time, in the middle of a write and at no other time, is no version. */
export function nothingHalfWrittenIsLogged({ sql, disk, clock, moments, stampsMislead }: Judged): string[] {
  if (stampsMislead) return [];
  const whole = standings(disk, clock.monotonicMs()).filter(
    ({ fromMs, toMs }) => toMs - fromMs >= limits.settleWholeMs,
  );
  const stoodWhole = (path: string, bytes: Uint8Array | undefined): boolean =>
    whole.some((it) => it.path === path && sameBytes(it.bytes, bytes));
  const logged = new Set(readLog(sql).map((row) => `${row.path} ${row.content}`));
  return moments
    .filter(({ path, bytes, stoodMs }) => stoodMs < limits.settleWholeMs && !stoodWhole(path, bytes))
    .filter(({ path, bytes }) =>
      logged.has(`${path} ${bytes === undefined ? null : nodeCodec.sha256(bytes)}`),
    )
    .map(({ path, bytes, stoodMs }) => {
      const what = bytes === undefined ? 'an absence' : 'a half-written version';
      return `${path}: ${what} that stood for ${stoodMs} ms is in the log`;
    });
}

/** Bytes of the report file that an engine was the first to write are recorded as written by Skein, by whatever way. */
export function ownWritesAreOurs({ sql, disk }: Judged): string[] {
  const firstByHash = new Map<string, 'agent' | 'engine'>();
  for (const { bytes, by } of disk.history) {
    const hash = bytes === undefined ? undefined : nodeCodec.sha256(bytes);
    if (hash !== undefined && !firstByHash.has(hash)) firstByHash.set(hash, by);
  }
  return readLog(sql)
    .filter(({ path, content }) => path === boardFile && firstByHash.get(content ?? '') === 'engine')
    .filter(({ agent }) => agent !== 'skein')
    .map(
      ({ position, agent }) =>
        `position ${position}: what Skein wrote into ${boardFile} is said to be by ${agent}`,
    );
}
