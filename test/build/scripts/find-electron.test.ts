import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findElectron } from '../../../build/scripts/find-electron.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const display = { DISPLAY: ':7' };

/** A download server that answers every question with this status. */
async function mirror(status: number): Promise<string> {
  const server = createServer((_, answer) => answer.writeHead(status).end()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

test('without a display there is no window', async () => {
  expect(await findElectron({ env: {}, platform: 'linux' })).toEqual({ why: 'there is no display' });
});

test('a program that is there is found, without asking anybody', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'electron'), '');
  const env = { ...display, ELECTRON_OVERRIDE_DIST_PATH: folder, ELECTRON_MIRROR: 'http://127.0.0.1:1/' };
  expect(await findElectron({ env, platform: 'linux' })).toEqual({ program: join(folder, 'electron') });
});

test('one that is missing is not waited for when its server is silent', async () => {
  const env = {
    ...display,
    ELECTRON_OVERRIDE_DIST_PATH: temporaryFolder(),
    ELECTRON_MIRROR: 'http://127.0.0.1:1/',
  };
  expect(await findElectron({ env, platform: 'linux' })).toEqual({
    why: expect.stringMatching(
      /^Electron [\d.]+ is not downloaded and its download server cannot be reached \(.+\)$/,
    ),
  });
});

test('nor when its server does not have it', async () => {
  const env = {
    ...display,
    ELECTRON_OVERRIDE_DIST_PATH: temporaryFolder(),
    ELECTRON_MIRROR: await mirror(404),
  };
  expect(await findElectron({ env, platform: 'linux' })).toEqual({
    why: expect.stringMatching(/its download server answers 404$/),
  });
});
