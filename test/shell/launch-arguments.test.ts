import { expect, test } from 'vitest';
import { readLaunchArguments } from '../../electron/shell/launch-arguments.ts';

const read = (argv: string[], defaultApp = false) =>
  readLaunchArguments({ argv: ['/opt/skein', ...argv], workingFolder: '/home/mia', defaultApp });

const nothing = {
  folder: undefined,
  link: undefined,
  dataFolder: undefined,
  port: undefined,
  hidden: false,
  dev: false,
};

test('a plain start wants nothing', () => {
  expect(read([])).toEqual(nothing);
});

test('a folder is meant from where the user stands', () => {
  expect(read(['notes']).folder).toBe('/home/mia/notes');
  expect(read(['/srv/notes']).folder).toBe('/srv/notes');
});

test("under Electron's own program the first path is the application", () => {
  expect(read(['/src/skein', 'notes'], true).folder).toBe('/home/mia/notes');
  expect(read(['/src/skein'], true).folder).toBeUndefined();
  expect(read(['-r', '/tmp/probe.cjs', '--inspect=0', '/src/skein', 'notes'], true).folder).toBe(
    '/home/mia/notes',
  );
});

test('values stand behind their switch or after an equals sign', () => {
  expect(read(['--data', '/d', '--port', '7000', 'notes'])).toEqual({
    ...nothing,
    dataFolder: '/d',
    port: 7000,
    folder: '/home/mia/notes',
  });
  expect(read(['--data=/d=e', '--port=0', '--hidden', '--dev'])).toEqual({
    ...nothing,
    dataFolder: '/d=e',
    port: 0,
    hidden: true,
    dev: true,
  });
});

test('nonsense counts as absent', () => {
  expect(read(['--port', 'many']).port).toBeUndefined();
  expect(read(['--port', '70000']).port).toBeUndefined();
  expect(read(['--port']).port).toBeUndefined();
  expect(read(['--no-sandbox', '--original-process-start-time=1'])).toEqual(nothing);
});

test('a link is no folder', () => {
  expect(read(['skein://change/12'])).toEqual({ ...nothing, link: 'skein://change/12' });
  expect(read(['/src/skein', 'skein://change/12'], true)).toEqual({ ...nothing, link: 'skein://change/12' });
});
