/**
 * Plays a recorded history into a real folder with the real engine: every version is written as an agent writes it,
 * awaited in the log, and committed with the author and trailers of the history.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createConsoleLog } from '../../electron/adapters/console-log.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import { createHost } from '../../electron/host/host.ts';
import type { Change } from '../../shared/domain/change.ts';
import { byCommit, type Version } from './recorded-history.ts';

export type Replayed = { version: Version; change: Change | undefined };

const everything = {
  track: [{ pattern: '**', class: 'note' }],
  consolidation_threshold: 0,
  consolidation_interval_minutes: 0,
  report_file: null,
};

/** Milliseconds without the expected change after which the version counts as missed. */
const patienceMs = 10_000;
/** Git is asked a moment after each commit; after the last one it gets this long. */
const gitMs = 3_000;

/**
 * Resolves with each version and the change that recorded it. Rows that repeat the bytes that lie there already (a
 * merge brings what a branch had) are left out: they change nothing on the disk.
 */
export async function replay(
  versions: readonly Version[],
  scratch: string,
): Promise<{ replayed: Replayed[]; engine: Engine; stop(): Promise<void> }> {
  const folder = mkdtempSync(path.join(scratch, 'replay-'));
  git(folder, 'init', '-q', '-b', 'main');
  writeFileSync(path.join(folder, 'skein.json'), JSON.stringify(everything));
  const log = createConsoleLog({
    json: false,
    minimum: 'error',
    write: (line) => process.stderr.write(line),
  });
  const host = await createHost({
    dataFolder: mkdtempSync(path.join(scratch, 'data-')),
    version: 'replay',
    env: { ...process.env },
    log,
  });
  if (!host.ok) throw new Error(host.error.message);
  const opened = await host.value.open(folder);
  if (!opened.ok || opened.value.engine === undefined) throw new Error('The replay folder did not open.');
  const { engine } = opened.value;
  await untilStarted(engine);
  const replayed = await play(engine, folder, versions);
  await new Promise((resolve) => setTimeout(resolve, gitMs));
  return { replayed: replayed.map((it) => refreshed(engine, it)), engine, stop: () => host.value.stop() };
}

async function play(engine: Engine, folder: string, versions: readonly Version[]): Promise<Replayed[]> {
  const replayed: Replayed[] = [];
  const contentByPath = new Map<string, string>();
  for (const group of byCommit(versions)) {
    for (const version of group) {
      const content = version.bytes === undefined ? '' : nodeCodec.sha256(version.bytes);
      if ((contentByPath.get(version.path) ?? '') === content) continue;
      contentByPath.set(version.path, content);
      replayed.push({ version, change: await playVersion(engine, folder, version, content) });
    }
    commit(folder, group);
  }
  return replayed;
}

function playVersion(
  engine: Engine,
  folder: string,
  version: Version,
  content: string,
): Promise<Change | undefined> {
  // Git explains older changes meanwhile; a text that returns must not be taken for one of them.
  const before = engine.log.changes({ limit: 1 })[0]?.position ?? 0;
  return new Promise((resolve) => {
    const give = setTimeout(() => done(undefined), patienceMs);
    const cancel = engine.on('changes', ({ changes }) => {
      const change = changes.find(
        (it) => it.position > before && it.path === version.path && (it.content ?? '') === content,
      );
      if (change !== undefined) done(change);
    });
    const done = (change: Change | undefined): void => {
      clearTimeout(give);
      cancel();
      resolve(change);
    };
    writeVersion(path.join(folder, version.path), version);
  });
}

function writeVersion(file: string, version: Version): void {
  if (version.bytes === undefined) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, version.bytes);
}

function commit(folder: string, group: readonly Version[]): void {
  const [first] = group;
  if (first === undefined) return;
  const trailers = first.coauthors.map((coauthor) => `Co-Authored-By: ${coauthor}`).join('\n');
  git(folder, 'add', '-A');
  const author = `${first.author} <author@example.invalid>`;
  const message = `Recorded ${first.commit}\n\n${trailers}`;
  git(folder, 'commit', '-q', '--allow-empty', '--author', author, '--date', first.time, '-m', message);
}

function git(folder: string, ...words: string[]): void {
  const identity = {
    GIT_COMMITTER_NAME: 'Replay',
    GIT_COMMITTER_EMAIL: 'replay@example.invalid',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  };
  execFileSync('git', words, {
    cwd: folder,
    env: { ...process.env, ...identity },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function untilStarted(engine: Engine): Promise<void> {
  while (engine.status().state === 'starting') await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Evidence may have come after the change. */
function refreshed(engine: Engine, { version, change }: Replayed): Replayed {
  return { version, change: change === undefined ? undefined : engine.log.change(change.position) };
}
