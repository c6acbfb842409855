/** rsync to its own daemon: no history, no merge, no watching; the measure of what a wire and a disk allow. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Contender, isOnPath, versionOf } from './contender.ts';
import { freePort, openWire, untilListening } from './wire.ts';

export const rsync: Contender = {
  name: 'rsync',
  missing: async () => ((await isOnPath('rsync')) ? undefined : 'rsync (apt-get install rsync)'),
  version: () => versionOf('rsync'),
  isLimit: true,
  watches: false,
  async open(place, fill) {
    const [here, there] = [path.join(place, 'here'), path.join(place, 'there')];
    for (const folder of [here, there]) mkdirSync(folder);
    fill(here);
    const port = await freePort();
    const settings = path.join(place, 'rsyncd.conf');
    writeFileSync(settings, settingsFor(there));
    const daemon = spawn('rsync', ['--daemon', '--no-detach', `--config=${settings}`, `--port=${port}`], {
      stdio: 'ignore',
    });
    const wire = await openWire(() => port);
    await untilListening(port);
    const carry = async () =>
      void (await promisify(execFile)('rsync', [
        '--archive',
        '--compress',
        `${here}/`,
        `rsync://127.0.0.1:${wire.port}/there/`,
      ]));
    const nothing = async () => {};
    return {
      here,
      there,
      meet: carry,
      carry,
      part: nothing,
      join: nothing,
      noted: nothing,
      asked: async () => 0,
      wireBytes: wire.bytes,
      pids: () => [],
      async stop() {
        const ended = once(daemon, 'exit');
        daemon.kill();
        await ended;
        wire.close();
      },
    };
  },
};

/** As the user who runs it: the daemon would else become nobody. */
const settingsFor = (folder: string): string => `use chroot = no
uid = ${process.getuid?.() ?? 0}
gid = ${process.getgid?.() ?? 0}
address = 127.0.0.1
[there]
path = ${folder}
read only = no
`;
