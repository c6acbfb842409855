/** A database that several processes make at the same moment, as workers do that are started together. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const adapter = import.meta.resolve('../../electron/adapters/better-sqlite.ts');
/** Opens each file that it is told of, and says whether it could. */
const opener = `
  import { openSql } from ${JSON.stringify(adapter)};
  process.on('message', (file) => {
    try {
      openSql(file).close();
      process.send('opened');
    } catch (error) {
      process.send(error.message);
    }
  });
`;

function startOpener(): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', opener], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill());
  return child;
}

async function open(child: ChildProcess, file: string): Promise<unknown> {
  const answer = once(child, 'message');
  child.send(file);
  return (await answer)[0];
}

test('is opened by all of them', async () => {
  const folder = temporaryFolder();
  const openers = [startOpener(), startOpener(), startOpener()];
  const answers = new Set<unknown>();
  // One in twenty would fail where nobody waits.
  for (let nth = 0; nth < 150; nth += 1) {
    const file = join(folder, `${nth}.db`);
    for (const answer of await Promise.all(openers.map((it) => open(it, file)))) answers.add(answer);
  }
  expect([...answers]).toEqual(['opened']);
});
