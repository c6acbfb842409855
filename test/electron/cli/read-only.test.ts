/** Commands where the data folder cannot be written: in a sandbox, on a read-only disk, as another user. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
// Loaded here, while this process may still read its own sources.
import '../../../electron/cli/own-engine.ts';
import { makePlace, type Place, type Ran } from '../../support/cli-place.ts';
import { asOrdinaryUser, permissionBitsMissing } from '../../support/temporary-folder.ts';

const notice = /^note: .*\/data.* This command records nothing and shows what the log holds\.\n$/;

/** Every file below the folder, with its bytes. */
function filesBelow(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'base64')]));
}

function setModes(folder: string, modes: { folder: number; file: number }): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    chmodSync(path, statSync(path).isDirectory() ? modes.folder : modes.file);
  }
  chmodSync(folder, modes.folder);
}

/** AGENTS.md was seen with `one` and `two`, and reads `three` since the data folder was closed to writers. */
async function closedPlace(): Promise<Place & { ask(...args: string[]): Promise<Ran> }> {
  const place = makePlace();
  for (const text of ['one\n', 'two\n']) {
    place.write('AGENTS.md', text);
    await place.skein(['status']);
  }
  place.write('AGENTS.md', 'three\n');
  return { ...place, ask: closed(place) };
}

/** From now on nothing can be written to the data folder. */
function closed(place: Place): (...args: string[]) => Promise<Ran> {
  chmodSync(place.home, 0o755);
  setModes(place.dataFolder, { folder: 0o555, file: 0o444 });
  onTestFinished(() => setModes(place.dataFolder, { folder: 0o755, file: 0o644 }));
  return (...args) => asOrdinaryUser(() => place.skein(args));
}

describe.skipIf(permissionBitsMissing)('where the data folder cannot be written', () => {
  test('log, show, diff, pending, files and report answer from what was recorded', async () => {
    const place = await closedPlace();
    const before = filesBelow(place.home);
    const answers: Record<string, [number, RegExp]> = {
      'log AGENTS.md': [0, /modified.*\n.*first seen/],
      'show AGENTS.md': [0, /^two\n$/],
      'show AGENTS.md@latest~1': [0, /^one\n$/],
      'diff AGENTS.md': [0, /-one\n\+two\n/],
      diff: [0, /-one\n\+two\n/],
      pending: [0, /AGENTS\.md +modified/],
      files: [0, /AGENTS\.md +instructions +1 pending/],
      'config get locale': [0, /^en\n$/],
      'report list': [0, /There is no report yet/],
    };
    for (const [line, [code, out]] of Object.entries(answers)) {
      const ran = await place.ask(...line.split(' '));
      expect(ran, line).toMatchObject({ code, out: expect.stringMatching(out) });
      expect(ran.errors, line).toMatch(notice);
    }
    expect(filesBelow(place.home)).toEqual(before);
  });

  test('search finds in the index what was indexed, and says how many notes changed since', async () => {
    const place = makePlace();
    place.write('AGENTS.md', '# Lamps\n\nA lamp burns paraffin.\n');
    await place.skein(['search', 'lamp']);
    place.write('AGENTS.md', '# Lamps\n\nA lamp burns gas.\n');
    await place.skein(['status']);
    const ask = closed(place);
    const before = filesBelow(place.home);
    const ran = await ask('search', 'paraffin');
    expect(ran).toMatchObject({ code: 0, errors: expect.stringMatching(notice) });
    expect(ran.out).toContain('AGENTS.md:1');
    expect(ran.out).toContain('1 note changed and is not indexed yet.');
    expect(filesBelow(place.home)).toEqual(before);
  });

  test('search says that no index is there, and none can be made', async () => {
    const place = await closedPlace();
    const ran = await place.ask('search', 'one');
    expect(ran).toMatchObject({ code: 5, errors: expect.stringContaining('No index of these notes') });
  });

  test('status says why nothing is recorded, and that a person must put it right', async () => {
    const place = await closedPlace();
    const ran = await place.ask('status');
    expect(ran).toMatchObject({ code: 5, out: expect.stringMatching(/Pending +1 change\n/) });
    expect(ran.out).toContain(`problem: Skein could not write to its data folder ${place.dataFolder}`);
    const json = JSON.parse((await place.ask('status', '--json')).out);
    expect(json).toMatchObject({
      running: false,
      pending_changes: 1,
      problems: [{ code: 'no-permission', subject: place.dataFolder }],
    });
  });

  test.each([
    ['restore AGENTS.md@latest~1', 'Get its bytes with: skein show AGENTS.md@latest~1 > FILE'],
    ['consolidate', ''],
    ['pause', ''],
    ['resume', ''],
    ['config set locale fr', ''],
  ])('%s is refused with the reason, and changes nothing', async (line, more) => {
    const place = await closedPlace();
    const before = filesBelow(place.home);
    const ran = await place.ask(...line.split(' '));
    expect(ran).toMatchObject({ code: 5, out: '' });
    expect(ran.errors).toContain(`error: Skein could not write to its data folder ${place.dataFolder}`);
    expect(ran.errors).toContain(more);
    expect(filesBelow(place.home)).toEqual(before);
  });

  test('a folder without a log is told that none can be begun', async () => {
    const place = await closedPlace();
    const other = join(place.home, 'other');
    mkdirSync(other);
    for (const args of [
      ['--workspace', other],
      ['--data', join(place.dataFolder, 'none')],
    ]) {
      const ran = await place.ask('log', ...args);
      expect(ran).toMatchObject({ code: 5, out: '', errors: expect.stringContaining('none can be begun') });
    }
  });

  test('a Skein that runs and cannot be reached is no obstacle', async () => {
    const place = await closedPlace();
    setModes(place.dataFolder, { folder: 0o755, file: 0o644 });
    const serving = await place.serve();
    setModes(place.dataFolder, { folder: 0o555, file: 0o444 });
    serving.child.kill('SIGSTOP');
    const ran = await place.ask('show', 'AGENTS.md@latest~1');
    serving.child.kill('SIGCONT');
    expect(ran).toMatchObject({ code: 0, out: 'two\n', errors: expect.stringMatching(notice) });
  });
});
