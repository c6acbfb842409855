import { expect, test } from 'vitest';
import { autostartEntry, autostartFile, startsAtLogin } from '../../electron/shell/autostart-entry.ts';

test('the file belongs to XDG_CONFIG_HOME, or to .config of the home folder', () => {
  expect(autostartFile({ XDG_CONFIG_HOME: '/c' }, '/home/mia')).toBe('/c/autostart/skein.desktop');
  expect(autostartFile({}, '/home/mia')).toBe('/home/mia/.config/autostart/skein.desktop');
  expect(autostartFile({ XDG_CONFIG_HOME: 'relative' }, '/home/mia')).toBe(
    '/home/mia/.config/autostart/skein.desktop',
  );
});

const execOf = (command: string[]) => {
  const entry = autostartEntry(command);
  return entry.ok ? /^Exec=(.*)$/m.exec(entry.value)?.[1] : entry.error.code;
};

/** What a desktop makes of Exec: first the escapes of a string, then those inside of quotes, then field codes. */
function understand(exec: string): string[] {
  const text = exec.replace(/\\\\/g, '\\');
  return [...text.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, inner = '']) =>
    inner.replace(/\\(["`$\\])/g, '$1').replaceAll('%%', '%'),
  );
}

test.each([
  [['/opt/skein', '--hidden']],
  [['/home/mia/My Apps/Skein.AppImage', '--hidden']],
  [['/a "b" `c` $d \\e', '--data', '/100% mine']],
  [['/ümläut/スケイン']],
])('%j is started as it is', (command) => {
  expect(understand(execOf(command) ?? '')).toEqual(command);
});

test('a name with a line break is refused: it could add keys of its own', () => {
  expect(execOf(['/opt/x\nHidden=true'])).toBe('bad-input');
});

test('an entry that the session switched off counts as off', () => {
  const entry = autostartEntry(['/opt/skein']);
  const text = entry.ok ? entry.value : '';
  expect(startsAtLogin(text)).toBe(true);
  expect(startsAtLogin(`${text}Hidden=true\n`)).toBe(false);
  expect(startsAtLogin(text.replace('enabled=true', 'enabled=false'))).toBe(false);
});
