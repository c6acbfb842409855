/** Showing the dashboard: what an opener, a terminal and a log get to see, and that it signs in once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommandLine } from '../../../electron/cli/run.ts';
import { findRunning } from '../../../electron/host/instance.ts';
import { readToken } from '../../../electron/host/token-file.ts';
import { serve } from '../../../electron/serve.ts';
import { makePlace, type Place, type Serving } from '../../support/cli-place.ts';
import { memoryStream } from '../../support/cli-streams.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const startScript = fileURLToPath(new URL('../../../build/scripts/start.ts', import.meta.url));
/** What stands in for the opener is a script for a POSIX shell. */
const posix = process.platform !== 'win32';

type Opener = {
  env: NodeJS.ProcessEnv;
  /** Its arguments, one a line. */
  asked(): string;
  /** The command lines of all processes while it ran, where the system tells (Linux). */
  processes(): string;
};

/** An opener that writes down what it and everybody else on the machine can see, and ends with `code`. */
function makeOpener(code = 0): Opener {
  const folder = temporaryFolder();
  const [asked, processes] = [join(folder, 'asked'), join(folder, 'processes')];
  const script = `#!/bin/sh
for it in "$@"; do echo "$it" >> "${asked}"; done
/bin/cat /proc/[0-9]*/cmdline > "${processes}" 2> /dev/null
exit ${code}
`;
  writeFileSync(join(folder, 'xdg-open'), script);
  chmodSync(join(folder, 'xdg-open'), 0o755);
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return {
    env: { PATH: `${folder}:${process.env['PATH']}`, DISPLAY: ':0', WSL_DISTRO_NAME: '' },
    asked: () => read(asked),
    processes: () => read(processes),
  };
}

const noOpener = { PATH: '', DISPLAY: '', WAYLAND_DISPLAY: '', WSL_DISTRO_NAME: '' };

async function tokenOf(place: Place): Promise<string> {
  const token = await readToken(place.dataFolder);
  if (token === undefined) throw new Error('There is no token.');
  return token;
}

/** Opens an address as the page does: the code behind `#` for the token. */
async function signIn(address: string): Promise<{ status: number; token: string | undefined }> {
  const { origin, hash } = new URL(address);
  const response = await fetch(`${origin}/api/sign-in`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ code: new URLSearchParams(hash.slice(1)).get('code') }),
  });
  const { token } = (await response.json()) as { token?: string };
  return { status: response.status, token };
}

async function expectSignsInOnce(place: Place, address: string): Promise<void> {
  expect(await signIn(address)).toEqual({ status: 200, token: await tokenOf(place) });
  expect(await signIn(address)).toEqual({ status: 401, token: undefined });
}

const addressIn = (text: string): string => /http:\S*#code=[0-9a-f]+/.exec(text)?.[0] ?? '';

async function expectNoToken(place: Place, ...texts: readonly string[]): Promise<void> {
  const token = await tokenOf(place);
  for (const text of texts) expect(text).not.toContain(token);
}

async function serveOpening(place: Place, opener: Opener): Promise<Serving> {
  const serving = await place.serve(['--open'], { env: opener.env });
  await expect.poll(opener.asked, { timeout: 10_000 }).toContain('#code=');
  return serving;
}

describe('skein open', () => {
  test.runIf(posix)('hands the opener an address that signs in once, and never the token', async () => {
    const place = makePlace();
    const serving = await place.serve();
    const opener = makeOpener();
    const ran = await place.spawn(['open'], { env: opener.env });
    expect(ran).toMatchObject({ code: 0, out: `Opened ${serving.url} in the browser.\n`, errors: '' });
    expect(opener.asked()).toMatch(new RegExp(`^${serving.url}/\\?workspace=\\w+#code=[0-9a-f]+\n$`));
    await expectNoToken(place, opener.asked(), opener.processes(), ran.out);
    await expectSignsInOnce(place, opener.asked().trim());
  });

  test.runIf(process.platform === 'linux')('a token in a command line would be seen', async () => {
    const place = makePlace();
    await place.serve();
    const opener = makeOpener();
    await place.spawn(['open', '--data', place.dataFolder], { env: opener.env });
    expect(opener.processes()).toContain(place.dataFolder);
  });

  test('prints the address alone where no browser can be opened, and what it is good for beside it', async () => {
    const place = makePlace();
    await place.serve();
    const { code, out, errors } = await place.skein(['open'], { env: noOpener });
    expect(code).toBe(0);
    expect(out).toBe(`${addressIn(out)}\n`);
    expect(errors).toContain('No browser can be opened');
    expect(errors).toContain('once, within 5 min');
    await expectNoToken(place, out, errors);
    await expectSignsInOnce(place, out.trim());
  });

  test.runIf(posix)('prints the address too when the opener fails', async () => {
    const place = makePlace();
    await place.serve();
    const { out } = await place.skein(['open'], { env: makeOpener(3).env });
    await expectSignsInOnce(place, out.trim());
  });

  test.runIf(posix)('--print opens nothing; --json tells the address and its time', async () => {
    const place = makePlace();
    await place.serve();
    const opener = makeOpener();
    const printed = await place.skein(['open', '--print'], { env: opener.env });
    expect(printed.errors).toContain('once, within 5 min');
    await expectSignsInOnce(place, printed.out.trim());
    const told = await place.skein(['open', '--print', '--json'], { env: opener.env });
    expect(told.errors).toBe('');
    const answer = JSON.parse(told.out) as { url: string };
    expect(answer).toMatchObject({ opened: false, valid_seconds: 300 });
    await expectNoToken(place, printed.out, told.out);
    await expectSignsInOnce(place, answer.url);
    expect(opener.asked()).toBe('');
  });

  test('says how to start Skein when none runs', async () => {
    expect(await makePlace().skein(['open'])).toMatchObject({
      code: 3,
      errors: expect.stringContaining('skein serve'),
    });
  });
});

describe('skein serve', () => {
  test.runIf(posix)(
    '--open hands the opener an address that signs in once, and never the token',
    async () => {
      const place = makePlace();
      const opener = makeOpener();
      const serving = await serveOpening(place, opener);
      await serving.stop();
      await expectNoToken(place, opener.asked(), opener.processes(), serving.rest(), serving.errors());
      await place.serve(['--port', String(serving.port)]);
      expect((await signIn(opener.asked().trim())).status, 'a code ends with its Skein').toBe(401);
      const again = makeOpener();
      await serveOpening(makePlace(), again);
      expect((await signIn(again.asked().trim())).status).toBe(200);
    },
  );

  test('--open says so when no browser can be opened', async () => {
    const place = makePlace();
    const serving = await place.serve(['--open'], { env: { ...noOpener, PATH: process.env['PATH'] } });
    await expect.poll(serving.errors, { timeout: 10_000 }).toContain('skein open --print');
  });

  test('prints an address that signs in once on a terminal', async () => {
    const place = makePlace();
    const terminal = memoryStream({ isTTY: true, columns: 200 });
    const ended = runCommandLine(['serve', '--port', '0', '--no-color'], {
      output: terminal,
      errors: memoryStream(),
      env: { HOME: place.home, SKEIN_DATA: place.dataFolder, PATH: process.env['PATH'] },
      workingFolder: place.repository,
      nowMs: Date.now(),
      startServing: serve,
    });
    await expect.poll(terminal.text, { timeout: 10_000 }).toContain('Ctrl+C');
    expect(terminal.text()).toContain('once, within 5 min');
    await expectNoToken(place, terminal.text());
    await expectSignsInOnce(place, addressIn(terminal.text()));
    process.emit('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('prints no secret at all into a pipe, which may lead to a log', async () => {
    const place = makePlace();
    const ended = place.spawn(['serve', '--port', '0']);
    await expect.poll(() => findRunning(place.dataFolder), { timeout: 10_000 }).toBeDefined();
    process.kill((await findRunning(place.dataFolder))!.pid);
    const { out, errors } = await ended;
    expect(out).toMatch(/Dashboard {2}http:\/\/127\.0\.0\.1:\d+ {2}\(`skein open` signs a browser in\)/);
    expect(out + errors).not.toContain('#code=');
    await expectNoToken(place, out, errors);
  });
});

describe('npm start', () => {
  test.runIf(posix)('shows the Skein that runs by an address that signs in once', async () => {
    const place = makePlace();
    await place.serve();
    const opener = makeOpener();
    const child = spawn(process.execPath, [startScript, '--data', place.dataFolder], {
      cwd: place.repository,
      env: { HOME: place.home, ...opener.env },
      stdio: 'ignore',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await once(child, 'close')).toEqual([0, null]);
    await expectNoToken(place, opener.asked(), opener.processes());
    await expectSignsInOnce(place, opener.asked().trim());
  });
});
