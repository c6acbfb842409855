/** git push and pull over `git daemon`, with a bare repository between the two clones. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Contender, isOnPath, type Pair, versionOf } from './contender.ts';
import { makeClones } from './skein-pair.ts';
import { freePort, openWire, untilListening, type Wire } from './wire.ts';

export const git: Contender = {
  name: 'git push and pull',
  missing: async () => ((await isOnPath('git')) ? undefined : 'git'),
  version: () => versionOf('git'),
  isLimit: false,
  watches: false,
  async open(place, fill) {
    const [here, there] = makeClones(place);
    execFileSync('git', ['clone', '--quiet', '--bare', here, path.join(place, 'shared.git')]);
    const port = await freePort();
    const daemon = spawn(
      'git',
      `daemon --reuseaddr --export-all --enable=receive-pack --listen=127.0.0.1 --port=${port}`
        .split(' ')
        .concat(`--base-path=${place}`),
      { stdio: 'ignore' },
    );
    const wire = await openWire(() => port);
    await untilListening(port);
    for (const folder of [here, there])
      await run(folder, 'remote', 'add', 'shared', `git://127.0.0.1:${wire.port}/shared.git`);
    fill(here);
    await commit(here);
    return toPair([here, there], wire, async () => {
      const ended = once(daemon, 'exit');
      daemon.kill();
      await ended;
      wire.close();
    });
  },
};

type Folders = [string, string];

function toPair([here, there]: Folders, wire: Wire, stop: Pair['stop']): Pair {
  let asked = 0;
  const push = (folder: string) => run(folder, 'push', '--quiet', 'shared', 'HEAD:main');
  const pull = async (folder: string) => {
    try {
      await run(folder, 'pull', '--quiet', '--no-rebase', '--no-edit', 'shared', 'main');
    } catch {
      // A person would look at each of these now; here they are taken with their marks.
      asked += (await run(folder, 'diff', '--name-only', '--diff-filter=U')).split('\n').length - 1;
      await commit(folder);
    }
  };
  const carry: Pair['carry'] = async (ways) => {
    await commit(here);
    await push(here);
    await commit(there);
    await pull(there);
    if (ways === 'one way') return;
    await push(there);
    await pull(here);
  };
  return {
    here,
    there,
    meet: () => carry('one way'),
    carry,
    part: async () => {},
    join: async () => {},
    async noted() {
      await commit(here);
      await commit(there);
    },
    asked: async () => asked,
    wireBytes: wire.bytes,
    // Its processes live for one command each.
    pids: () => [],
    stop,
  };
}

async function commit(folder: string): Promise<void> {
  await run(folder, 'add', '--all');
  if ((await run(folder, 'status', '--porcelain')) !== '')
    await run(folder, 'commit', '--quiet', '--message', 'Notes');
}

const execute = promisify(execFile);

async function run(folder: string, ...words: string[]): Promise<string> {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'gc.auto=0'];
  return (await execute('git', ['-C', folder, ...who, ...words])).stdout;
}
