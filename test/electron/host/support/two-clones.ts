/** Two open folders of one repository that are linked, for what git does in one of them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../../../electron/engine/engine-contract.ts';
import { git } from '../../../adapters/git-subjects.ts';
import { openEngine, startHost, until } from './hosts.ts';
import { makeRepository } from './repositories.ts';

/** No consolidation but by command. */
const manual = `{
  "track": [{ "pattern": "docs/adr/*.md" }],
  "consolidation_threshold": 0,
  "consolidation_interval_minutes": 0
}
`;
export const paths = Array.from({ length: 60 }, (_, index) => `docs/adr/${index}.md`);
const textsOf = (words: string) => Object.fromEntries(paths.map((path) => [path, `# ${words} ${path}\n`]));
export const board = '# Board\n\n- one\n- two\n';

export type Replica = { folder: string; engine: Engine };

export const read = ({ folder }: Replica, path: string): string | undefined =>
  existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined;

export const write = ({ folder }: Replica, path: string, text: string) =>
  writeFileSync(join(folder, path), text);

export const story = ({ engine }: Replica) =>
  engine.log.changes({ limit: 1_000 }).filter(({ baseline }) => !baseline);

/** Two clones on `main`; the first has a branch `feature` on which every file but one differs, and `more`, too. */
export async function openTwo(more: Record<string, string> = {}) {
  const place = makeRepository({ 'skein.json': manual, 'HANDOFF.md': board, ...textsOf('main') });
  const one = place.project;
  const two = place.clone('other');
  git(one, 'switch', '-qc', 'feature');
  for (const [path, text] of Object.entries({ ...textsOf('feature'), ...more }))
    writeFileSync(join(one, path), text);
  git(one, 'commit', '-qam', 'feature');
  git(one, 'switch', '-q', 'main');
  const { host } = await startHost(place);
  const replicas = {
    one: { folder: one, engine: (await openEngine(host, one)).engine },
    two: { folder: two, engine: (await openEngine(host, two)).engine },
  };
  const isLinked = ({ engine }: Replica) => engine.replication.peers().some(({ askedMs }) => askedMs);
  await until(host, () => isLinked(replicas.one) && isLinked(replicas.two));
  return { host, ...replicas };
}

export type Run = (...words: string[]) => void;

/** Git does this while nobody looks. Its failures are conflicts. */
export async function unseen({ engine, folder }: Replica, work: (run: Run) => void) {
  await engine.pause();
  work((...words) => {
    try {
      git(folder, ...words);
    } catch (failure) {
      if (!`${failure}`.includes('Command failed')) throw failure;
    }
  });
  await engine.resume();
}
